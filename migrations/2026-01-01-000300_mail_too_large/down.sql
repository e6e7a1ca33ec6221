DELETE FROM outgoing_mails WHERE kind = 'too_large';
ALTER TABLE outgoing_mails DROP CONSTRAINT outgoing_mails_kind_check;
ALTER TABLE outgoing_mails ADD CONSTRAINT outgoing_mails_kind_check CHECK (kind IN ('reply', 'auto_ack', 'notification'));
ALTER TABLE raw_mails DROP COLUMN full_size;
