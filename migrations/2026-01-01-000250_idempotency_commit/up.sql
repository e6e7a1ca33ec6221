-- Which claim holds the key, and whether its work was committed: the mark is written inside the work's own transaction, so a
-- process that dies between commit and answer does not make a repeat do the work again.
ALTER TABLE idempotency_keys ADD COLUMN claim uuid;
ALTER TABLE idempotency_keys ADD COLUMN committed boolean NOT NULL DEFAULT false;
