DROP TABLE role_parents;
DROP FUNCTION role_parents_acyclic();
-- Whoever holds a role that goes becomes a client: the least there is.
UPDATE users SET role_id = (SELECT id FROM roles WHERE key = 'client')
WHERE role_id IN (SELECT id FROM roles WHERE NOT system) AND EXISTS (SELECT FROM roles WHERE key = 'client');
DELETE FROM roles r WHERE NOT system AND NOT EXISTS (SELECT FROM users u WHERE u.role_id = r.id);
DROP INDEX roles_name;
ALTER TABLE roles DROP COLUMN name, DROP COLUMN description, DROP COLUMN effective, DROP COLUMN version,
    DROP COLUMN created_by, DROP COLUMN updated_by;
UPDATE roles SET key = 'agent' WHERE key = 'corporate';
