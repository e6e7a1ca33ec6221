-- Mail about accounts has its row like every other: to whom, and what became of it, never what it says. It comes from no mailbox.
ALTER TABLE outgoing_mails ALTER COLUMN mailbox_id DROP NOT NULL,
    DROP CONSTRAINT outgoing_mails_kind_check,
    ADD CONSTRAINT outgoing_mails_kind_check CHECK (kind IN
        ('reply', 'auto_ack', 'too_large', 'notification', 'rule_reply', 'survey', 'account')),
    ADD CONSTRAINT outgoing_mails_account_check CHECK (CASE kind WHEN 'account' THEN mailbox_id IS NULL AND body_text = ''
        ELSE mailbox_id IS NOT NULL END);
