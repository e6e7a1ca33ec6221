DROP TRIGGER tickets_register_new_tags ON tickets;
DROP TRIGGER tickets_register_tags ON tickets;
DROP FUNCTION register_tags;
DROP INDEX tickets_tags;
DROP TABLE tags;
