DELETE FROM customer_invitations WHERE expired_at IS NOT NULL;
DROP INDEX customer_invitations_open, customer_invitations_expiry;
CREATE UNIQUE INDEX customer_invitations_open ON customer_invitations (customer_id, email)
    WHERE used_at IS NULL AND revoked_at IS NULL;
ALTER TABLE customer_invitations DROP COLUMN secret_id, DROP COLUMN locale, DROP COLUMN sent_at, DROP COLUMN expired_at;
ALTER TABLE customer_contacts DROP COLUMN version;
ALTER TABLE customer_addresses DROP COLUMN version;
ALTER TABLE customer_documents DROP COLUMN version;
