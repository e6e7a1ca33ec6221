DROP INDEX users_search;
ALTER TABLE users DROP COLUMN version;
