-- An invitation that is sent again gets another link; one whose time is over is marked, so that another may be sent.
ALTER TABLE customer_invitations
    ADD COLUMN secret_id uuid NOT NULL,
    ADD COLUMN locale text NOT NULL DEFAULT 'fr' CHECK (locale IN ('fr', 'en', 'ar')),
    ADD COLUMN sent_at timestamptz NOT NULL,
    ADD COLUMN expired_at timestamptz;
DROP INDEX customer_invitations_open;
CREATE UNIQUE INDEX customer_invitations_open ON customer_invitations (customer_id, email)
    WHERE used_at IS NULL AND revoked_at IS NULL AND expired_at IS NULL;
CREATE INDEX customer_invitations_expiry ON customer_invitations (expires_at)
    WHERE used_at IS NULL AND revoked_at IS NULL AND expired_at IS NULL;

-- Parts of a customer are changed with the version that was read, like everything else.
ALTER TABLE customer_contacts ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE customer_addresses ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE customer_documents ADD COLUMN version integer NOT NULL DEFAULT 1;
