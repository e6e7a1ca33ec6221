ALTER TABLE support_groups DROP COLUMN members_handle;
