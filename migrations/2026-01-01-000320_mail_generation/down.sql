DROP INDEX raw_mails_source;
DROP INDEX raw_mails_uid;
CREATE UNIQUE INDEX raw_mails_uid ON raw_mails (mailbox_id, uidvalidity, uid) WHERE uid IS NOT NULL;
ALTER TABLE raw_mails DROP COLUMN generation;
ALTER TABLE mailboxes DROP COLUMN generation;
