UPDATE webhook_tries SET error = detail WHERE detail IS NOT NULL;
ALTER TABLE webhook_tries DROP COLUMN detail;
