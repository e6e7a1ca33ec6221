DROP TABLE ticket_links;
ALTER TABLE ticket_messages DROP COLUMN origin_ticket_id;
DROP INDEX tickets_follow_up_of;
ALTER TABLE tickets DROP COLUMN merged_into;
