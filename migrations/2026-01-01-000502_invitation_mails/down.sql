ALTER TABLE customer_invitations DROP COLUMN mailed_at, DROP COLUMN mailed_by;
