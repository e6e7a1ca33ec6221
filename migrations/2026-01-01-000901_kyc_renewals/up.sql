-- An approval may be renewed before its end: a second case beside the one in force, and those of the past.
ALTER TABLE kyc_cases
    DROP CONSTRAINT kyc_cases_customer_id_key,
    DROP CONSTRAINT kyc_cases_state_check,
    ADD CONSTRAINT kyc_cases_state_check CHECK (state IN
        ('collecting', 'submitted', 'in_review', 'approved', 'rejected', 'more_info', 'expired', 'revoked', 'superseded')),
    -- current: the one that the customer's own state repeats; renewal: what is to take its place; past: whose place was taken.
    ADD COLUMN part text NOT NULL DEFAULT 'current' CHECK (part IN ('current', 'renewal', 'past')),
    ADD COLUMN renews uuid REFERENCES kyc_cases ON DELETE SET NULL,
    ADD COLUMN closed_at timestamptz,
    ADD CONSTRAINT kyc_cases_closed CHECK ((part = 'past') = (closed_at IS NOT NULL)),
    ADD CONSTRAINT kyc_cases_part_state CHECK (CASE part
        WHEN 'current' THEN state <> 'superseded'
        WHEN 'renewal' THEN state IN ('collecting', 'submitted', 'in_review', 'more_info', 'rejected')
        ELSE state IN ('superseded', 'expired', 'revoked', 'rejected') END);
CREATE UNIQUE INDEX kyc_cases_current ON kyc_cases (customer_id) WHERE part = 'current';
CREATE UNIQUE INDEX kyc_cases_renewal ON kyc_cases (customer_id) WHERE part = 'renewal';
CREATE UNIQUE INDEX kyc_cases_in_force ON kyc_cases (customer_id) WHERE state = 'approved';
CREATE UNIQUE INDEX kyc_cases_open ON kyc_cases (customer_id) WHERE state IN ('collecting', 'submitted', 'in_review', 'more_info');
CREATE INDEX kyc_cases_customer ON kyc_cases (customer_id);
CREATE INDEX kyc_cases_renews ON kyc_cases (renews) WHERE renews IS NOT NULL;
