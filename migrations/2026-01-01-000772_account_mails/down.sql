DELETE FROM bounces WHERE outgoing_mail_id IN (SELECT id FROM outgoing_mails WHERE kind = 'account');
DELETE FROM outgoing_mails WHERE kind = 'account';
ALTER TABLE outgoing_mails ALTER COLUMN mailbox_id SET NOT NULL,
    DROP CONSTRAINT outgoing_mails_account_check,
    DROP CONSTRAINT outgoing_mails_kind_check,
    ADD CONSTRAINT outgoing_mails_kind_check CHECK (kind IN ('reply', 'auto_ack', 'too_large', 'notification', 'rule_reply', 'survey'));
