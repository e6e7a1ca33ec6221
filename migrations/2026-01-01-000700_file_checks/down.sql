-- What no scanner has seen stays closed.
UPDATE attachments SET state = 'refused', reason = 'not checked' WHERE state = 'checking';
ALTER TABLE attachments DROP CONSTRAINT attachments_state_check;
ALTER TABLE attachments ADD CONSTRAINT attachments_state_check CHECK (state IN ('clean', 'refused'));
