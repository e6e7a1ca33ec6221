-- Accounts are changed by their managers: nobody's change is lost, and among many they are found by part of name or address.
ALTER TABLE users ADD COLUMN version integer NOT NULL DEFAULT 1;
CREATE INDEX users_search ON users USING gin (search_text(name || ' ' || email) gin_trgm_ops) WHERE deleted_at IS NULL;
