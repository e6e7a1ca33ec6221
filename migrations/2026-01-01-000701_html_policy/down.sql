ALTER TABLE ticket_messages ADD COLUMN html_policy integer;
DROP INDEX raw_mails_html_policy;
ALTER TABLE raw_mails DROP COLUMN html_policy;
