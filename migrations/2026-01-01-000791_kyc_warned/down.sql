ALTER TABLE kyc_cases DROP COLUMN warned_for;
