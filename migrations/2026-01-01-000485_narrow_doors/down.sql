ALTER TABLE api_tokens DROP COLUMN marked;
DROP FUNCTION links_asked(text, text, timestamptz);
DROP FUNCTION password_of(uuid);
GRANT SELECT ON users TO cloudmanager_app;
