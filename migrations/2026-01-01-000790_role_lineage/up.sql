-- Keys of all roles that a role inherits, near or far. What is demanded of a role is demanded of its heirs, and asked with every
-- request: like `effective`, this is computed when a role changes (store::role::refresh).
ALTER TABLE roles ADD COLUMN inherited text[] NOT NULL DEFAULT '{}';

WITH RECURSIVE above (role_id, source) AS (
    SELECT role_id, parent_id FROM role_parents
    UNION
    SELECT a.role_id, p.parent_id FROM above a JOIN role_parents p ON p.role_id = a.source
)
UPDATE roles r SET inherited = sums.keys
FROM (SELECT a.role_id, array_agg(s.key ORDER BY s.key) AS keys FROM above a JOIN roles s ON s.id = a.source GROUP BY a.role_id) sums
WHERE r.id = sums.role_id;
