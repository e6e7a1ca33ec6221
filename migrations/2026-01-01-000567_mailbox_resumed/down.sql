ALTER TABLE mailboxes DROP COLUMN automation_resumed_at;
