-- The end of an approval that its customer was warned of: another end is another warning, and the same one is told once.
ALTER TABLE kyc_cases ADD COLUMN warned_for timestamptz;
