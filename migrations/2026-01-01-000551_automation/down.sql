DELETE FROM outgoing_mails WHERE kind = 'rule_reply';
ALTER TABLE outgoing_mails DROP CONSTRAINT outgoing_mails_kind_check;
ALTER TABLE outgoing_mails ADD CONSTRAINT outgoing_mails_kind_check CHECK (kind IN ('reply', 'auto_ack', 'too_large', 'notification'));
DELETE FROM event_cursors WHERE consumer = 'automation';
DROP TABLE automation_runs, automation_rule_versions, automation_rules;
