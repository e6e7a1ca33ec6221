ALTER TABLE mailboxes DROP COLUMN start_uid, DROP COLUMN start_at;
