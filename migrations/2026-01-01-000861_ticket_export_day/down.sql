ALTER TABLE ticket_exports DROP CONSTRAINT ticket_exports_day;
