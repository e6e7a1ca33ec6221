DELETE FROM outgoing_mails WHERE kind = 'survey';
ALTER TABLE outgoing_mails DROP CONSTRAINT outgoing_mails_kind_check,
    ADD CONSTRAINT outgoing_mails_kind_check CHECK (kind IN ('reply', 'auto_ack', 'too_large', 'notification', 'rule_reply'));
DROP TABLE ticket_surveys;
ALTER TABLE tickets DROP COLUMN resolutions;
ALTER TABLE support_groups DROP COLUMN survey, DROP COLUMN survey_delay_hours;
