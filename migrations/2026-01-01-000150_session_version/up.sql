-- A refresh token dies with the session version of its account, as access tokens do.
ALTER TABLE refresh_tokens ADD COLUMN session_version integer NOT NULL DEFAULT 1;
