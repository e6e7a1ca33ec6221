-- Recipients who complain (RFC 5965), and refusals that a server told us itself.
ALTER TABLE outgoing_mails DROP CONSTRAINT outgoing_mails_state_check,
    ADD CONSTRAINT outgoing_mails_state_check CHECK (state IN
        ('queued', 'sent', 'failed', 'bounced', 'suppressed', 'delivered', 'complained'));
ALTER TABLE suppressions DROP CONSTRAINT suppressions_reason_check,
    ADD CONSTRAINT suppressions_reason_check CHECK (reason IN ('bounce', 'complaint', 'flood'));

-- A mail that is refused again when it is sent again is one refusal.
CREATE UNIQUE INDEX bounces_refusal ON bounces (outgoing_mail_id) WHERE raw_mail_id IS NULL AND outgoing_mail_id IS NOT NULL;
