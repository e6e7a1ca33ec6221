-- Roles that administrators make themselves, and inheritance between roles.
UPDATE roles SET key = 'corporate' WHERE key = 'agent';

-- `permissions` is what a role allows by itself; `effective` adds what it inherits and is what sessions read, so that the
-- graph is walked when a role changes and not at every request. A system role has no name here: it is translated.
ALTER TABLE roles
    ADD COLUMN name        text,
    ADD COLUMN description text NOT NULL DEFAULT '',
    ADD COLUMN effective   text[] NOT NULL DEFAULT '{}',
    ADD COLUMN version     integer NOT NULL DEFAULT 1,
    ADD COLUMN created_by  uuid,
    ADD COLUMN updated_by  uuid,
    ADD CONSTRAINT roles_custom_named CHECK (system OR name IS NOT NULL);
UPDATE roles SET effective = permissions;
CREATE UNIQUE INDEX roles_name ON roles (lower(name)) WHERE name IS NOT NULL;

CREATE TABLE role_parents (
    role_id   uuid NOT NULL REFERENCES roles ON DELETE CASCADE,
    parent_id uuid NOT NULL REFERENCES roles,
    PRIMARY KEY (role_id, parent_id)
);
CREATE INDEX role_parents_parent ON role_parents (parent_id);

-- Two transactions that each add one half of a cycle do not see each other's half, so whoever adds an edge waits for the
-- lock first. Its key is the one of store::role::lock.
CREATE FUNCTION role_parents_acyclic() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7246952);
    IF EXISTS (
        WITH RECURSIVE above (id) AS (
            SELECT NEW.parent_id
            UNION
            SELECT p.parent_id FROM role_parents p JOIN above a ON p.role_id = a.id
        ) SELECT FROM above WHERE id = NEW.role_id
    ) THEN
        RAISE EXCEPTION 'a role cannot inherit itself'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'role_parents_acyclic', TABLE = 'role_parents';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER role_parents_acyclic BEFORE INSERT OR UPDATE ON role_parents
    FOR EACH ROW EXECUTE FUNCTION role_parents_acyclic();
