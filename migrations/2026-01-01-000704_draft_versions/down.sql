ALTER TABLE ticket_drafts ALTER COLUMN version SET DEFAULT 1;
DROP SEQUENCE ticket_draft_versions;
