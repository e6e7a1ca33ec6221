DROP INDEX bounces_refusal;
DELETE FROM suppressions WHERE reason = 'complaint';
ALTER TABLE suppressions DROP CONSTRAINT suppressions_reason_check,
    ADD CONSTRAINT suppressions_reason_check CHECK (reason IN ('bounce', 'flood'));
UPDATE outgoing_mails SET state = 'delivered' WHERE state = 'complained';
ALTER TABLE outgoing_mails DROP CONSTRAINT outgoing_mails_state_check,
    ADD CONSTRAINT outgoing_mails_state_check CHECK (state IN
        ('queued', 'sent', 'failed', 'bounced', 'suppressed', 'delivered'));
