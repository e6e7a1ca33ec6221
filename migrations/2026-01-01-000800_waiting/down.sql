DELETE FROM bounces WHERE outgoing_mail_id IN (SELECT id FROM outgoing_mails WHERE kind = 'waiting_reminder');
DELETE FROM outgoing_mails WHERE kind = 'waiting_reminder';
ALTER TABLE outgoing_mails DROP CONSTRAINT outgoing_mails_kind_check,
    ADD CONSTRAINT outgoing_mails_kind_check CHECK (kind IN
        ('reply', 'auto_ack', 'too_large', 'notification', 'rule_reply', 'survey', 'account'));
DROP INDEX tickets_waiting;
ALTER TABLE tickets DROP COLUMN waiting_since, DROP COLUMN waiting_step, DROP COLUMN waiting_look_at;
ALTER TABLE support_groups DROP COLUMN remind, DROP COLUMN remind_days, DROP COLUMN resolve_after_days, DROP COLUMN calendar_id,
    DROP COLUMN reply_ends_hold, DROP COLUMN reopen_window_hours;
