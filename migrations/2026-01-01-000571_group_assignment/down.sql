ALTER TABLE tickets DROP COLUMN queued_at;
DROP INDEX tickets_under_way;
DROP TABLE agent_profiles, group_members;
ALTER TABLE support_groups DROP COLUMN description, DROP COLUMN strategy, DROP COLUMN members_only, DROP COLUMN retired_at,
    DROP COLUMN version, DROP COLUMN updated_at, DROP COLUMN updated_by;
