-- Why there was no answer is one of a few words, which people read in their language; what the machine said stands beside it.
ALTER TABLE webhook_tries ADD COLUMN detail text;
UPDATE webhook_tries SET detail = error, error = 'no_answer' WHERE error IS NOT NULL;
UPDATE webhook_deliveries SET last_error = 'no_answer' WHERE last_error IS NOT NULL AND last_error <> 'endpoint_off';
