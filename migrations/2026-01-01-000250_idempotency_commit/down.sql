ALTER TABLE idempotency_keys DROP COLUMN committed;
ALTER TABLE idempotency_keys DROP COLUMN claim;
