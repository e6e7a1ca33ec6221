DROP TABLE mailbox_tests;
DROP INDEX outgoing_mails_automatic;
DROP INDEX raw_mails_mailbox_received;
ALTER TABLE mailboxes DROP COLUMN automation_paused_at, DROP COLUMN hourly_normal;
