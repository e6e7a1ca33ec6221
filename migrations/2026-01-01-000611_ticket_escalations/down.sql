ALTER TABLE tickets DROP COLUMN escalated;
DROP TABLE ticket_escalations;
