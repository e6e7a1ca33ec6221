DROP INDEX customer_contacts_email;
ALTER TABLE mailboxes DROP COLUMN spam_threshold, DROP COLUMN spam_filter;
ALTER TABLE raw_mails DROP COLUMN spam;
DROP TABLE spam_rules;
