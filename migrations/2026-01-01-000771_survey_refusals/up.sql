-- Addresses without an account whose readers want no surveys; who has an account chooses there.
CREATE TABLE survey_refusals (
    address    text PRIMARY KEY CHECK (address = lower(address)),
    created_at timestamptz NOT NULL
);
ALTER TABLE survey_refusals ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY staff ON survey_refusals TO cloudmanager_staff USING (true) WITH CHECK (true);
