-- Which policy made the HTML of a mail: when the policy changes, what an earlier one let through is made anew from the raw mail.
ALTER TABLE raw_mails ADD COLUMN html_policy integer;
UPDATE raw_mails SET html_policy = 1 WHERE parsed->>'html' IS NOT NULL;
CREATE INDEX raw_mails_html_policy ON raw_mails (html_policy, id) WHERE html_policy IS NOT NULL;
-- Never written: the mail's is the one that counts.
ALTER TABLE ticket_messages DROP COLUMN html_policy;
