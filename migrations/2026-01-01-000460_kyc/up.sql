-- Verification of identity: one case a customer, its documents, what happened to it, and who looked at the documents.
ALTER TABLE customers ADD COLUMN kyc_state text NOT NULL DEFAULT 'not_started' CHECK (kyc_state IN
    ('not_started', 'collecting', 'submitted', 'in_review', 'approved', 'rejected', 'more_info', 'expired', 'revoked'));
CREATE INDEX customers_kyc ON customers (kyc_state, created_at DESC, id DESC) WHERE deleted_at IS NULL;

CREATE TABLE kyc_cases (
    id               uuid PRIMARY KEY,
    customer_id      uuid NOT NULL UNIQUE REFERENCES customers ON DELETE CASCADE,
    state            text NOT NULL CHECK (state IN
                     ('collecting', 'submitted', 'in_review', 'approved', 'rejected', 'more_info', 'expired', 'revoked')),
    submitted_at     timestamptz,
    submitted_by     uuid REFERENCES users,
    reviewer_id      uuid REFERENCES users,
    claimed_at       timestamptz,
    decided_at       timestamptz,
    decided_by       uuid REFERENCES users,
    reason           text,
    documents_digest bytea,
    expires_at       timestamptz,
    version          integer NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    CHECK (state <> 'in_review' OR reviewer_id IS NOT NULL),
    CHECK (state <> 'approved' OR (documents_digest IS NOT NULL AND expires_at IS NOT NULL))
);
CREATE INDEX kyc_cases_waiting ON kyc_cases (submitted_at, id) WHERE state IN ('submitted', 'in_review');
CREATE INDEX kyc_cases_expiry ON kyc_cases (expires_at) WHERE state = 'approved';

CREATE TABLE kyc_documents (
    id          uuid PRIMARY KEY,
    case_id     uuid NOT NULL REFERENCES kyc_cases ON DELETE CASCADE,
    kind        text NOT NULL CHECK (kind IN ('identity_card', 'passport', 'driving_licence', 'selfie', 'proof_of_address',
                                              'trade_register', 'tax_card', 'statutes')),
    file_id     uuid NOT NULL REFERENCES sealed_files,
    name        text NOT NULL,
    uploaded_by uuid NOT NULL REFERENCES users,
    created_at  timestamptz NOT NULL,
    deleted_at  timestamptz
);
CREATE INDEX kyc_documents_case ON kyc_documents (case_id, created_at) WHERE deleted_at IS NULL;

CREATE TABLE kyc_events (
    id         uuid PRIMARY KEY,
    case_id    uuid NOT NULL REFERENCES kyc_cases ON DELETE CASCADE,
    from_state text NOT NULL,
    to_state   text NOT NULL,
    reason     text,
    actor_id   uuid,
    actor_name text NOT NULL,
    at         timestamptz NOT NULL
);
CREATE INDEX kyc_events_case ON kyc_events (case_id, at DESC);

-- Everybody who opened an identity document; nothing in it changes.
CREATE TABLE kyc_document_views (
    id          uuid PRIMARY KEY,
    document_id uuid NOT NULL REFERENCES kyc_documents,
    case_id     uuid NOT NULL REFERENCES kyc_cases,
    viewer_id   uuid NOT NULL REFERENCES users,
    ip          text,
    at          timestamptz NOT NULL
);
CREATE INDEX kyc_document_views_case ON kyc_document_views (case_id, at DESC);
CREATE TRIGGER kyc_document_views_append_only BEFORE UPDATE OR DELETE ON kyc_document_views
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
