-- Size at the source of a mail above the limit, of which only the header section is stored. NULL = the whole mail is stored.
ALTER TABLE raw_mails ADD COLUMN full_size bigint CHECK (full_size > 0);

ALTER TABLE outgoing_mails DROP CONSTRAINT outgoing_mails_kind_check;
ALTER TABLE outgoing_mails ADD CONSTRAINT outgoing_mails_kind_check
    CHECK (kind IN ('reply', 'auto_ack', 'too_large', 'notification'));
