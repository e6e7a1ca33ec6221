-- An address at which a calendar program reads what an agent wants to be reminded of and what is due with him. One for each person; of what is
-- secret in it the hash is kept.
CREATE TABLE calendar_feeds (
    user_id    uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    created_at timestamptz NOT NULL,
    -- When a program read it last, to the hour.
    read_at    timestamptz
);
ALTER TABLE calendar_feeds ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY staff ON calendar_feeds TO cloudmanager_staff USING (true) WITH CHECK (true);
