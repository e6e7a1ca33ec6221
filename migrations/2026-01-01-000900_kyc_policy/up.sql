-- One row: what is closed to a customer whose identity is not verified, and from when on an approval may be renewed.
CREATE TABLE kyc_policy (
    one                     boolean PRIMARY KEY DEFAULT true CHECK (one),
    -- Ordinary products need a verified identity too.
    standard_needs_identity boolean NOT NULL DEFAULT false,
    -- Credit without one, in minor units.
    unverified_credit       bigint NOT NULL DEFAULT 0 CHECK (unverified_credit BETWEEN 0 AND 1000000000),
    -- People who may act for an unverified customer.
    unverified_members      bigint NOT NULL DEFAULT 3 CHECK (unverified_members BETWEEN 1 AND 1000),
    -- Days before its end from which an approval may be renewed.
    renewal_days            bigint NOT NULL DEFAULT 60 CHECK (renewal_days BETWEEN 1 AND 365),
    version                 integer NOT NULL DEFAULT 1,
    updated_at              timestamptz NOT NULL DEFAULT now(),
    updated_by              uuid
);
INSERT INTO kyc_policy DEFAULT VALUES;
-- Customers' requests are judged by it; who changed it is for staff.
GRANT SELECT (standard_needs_identity, unverified_credit, unverified_members, renewal_days) ON kyc_policy TO cloudmanager_app;
