-- UIDs mean something within one numbering of one folder. Each time the server numbers anew, or the mailbox is pointed at
-- another folder, a new generation begins; mails that are known by their fingerprint move over into it.
ALTER TABLE mailboxes ADD COLUMN generation integer NOT NULL DEFAULT 0;
ALTER TABLE raw_mails ADD COLUMN generation integer NOT NULL DEFAULT 0;
DROP INDEX raw_mails_uid;
CREATE UNIQUE INDEX raw_mails_uid ON raw_mails (mailbox_id, generation, uidvalidity, uid) WHERE uid IS NOT NULL;
CREATE INDEX raw_mails_source ON raw_mails (mailbox_id, coalesce(full_size, size)) WHERE uid IS NOT NULL;
