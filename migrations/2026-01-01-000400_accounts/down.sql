DROP TABLE security_alerts, login_journal, password_history, mailed_links;
ALTER TABLE refresh_tokens RENAME COLUMN session_id TO family_id;
ALTER INDEX refresh_tokens_session RENAME TO refresh_tokens_family;
ALTER TABLE refresh_tokens
    DROP CONSTRAINT refresh_tokens_session_id_fkey,
    ADD COLUMN user_id uuid REFERENCES users ON DELETE CASCADE, ADD COLUMN session_version integer NOT NULL DEFAULT 1,
    ADD COLUMN revoked_at timestamptz, ADD COLUMN ip text, ADD COLUMN user_agent text;
UPDATE refresh_tokens t SET user_id = s.user_id, session_version = s.session_version, revoked_at = s.revoked_at,
    ip = s.last_ip, user_agent = s.user_agent FROM sessions s WHERE s.id = t.family_id;
ALTER TABLE refresh_tokens ALTER COLUMN user_id SET NOT NULL;
CREATE INDEX refresh_tokens_user ON refresh_tokens (user_id) WHERE revoked_at IS NULL;
DROP TABLE sessions, known_devices;
ALTER TABLE users ADD COLUMN disabled_at timestamptz;
UPDATE users SET disabled_at = updated_at WHERE status <> 'active';
ALTER TABLE users DROP COLUMN status, DROP COLUMN email_verified_at, DROP COLUMN phone, DROP COLUMN last_login_at,
    DROP COLUMN password_changed_at;
