-- Only what an erasure made longer does not fit any more.
DELETE FROM ticket_drafts WHERE octet_length(body) > 200000 OR octet_length(canned::text) > 400000;
ALTER TABLE ticket_drafts DROP CONSTRAINT ticket_drafts_body_check, DROP CONSTRAINT ticket_drafts_canned_check,
    ADD CONSTRAINT ticket_drafts_body_check CHECK (octet_length(body) <= 200000),
    ADD CONSTRAINT ticket_drafts_canned_check CHECK (octet_length(canned::text) <= 400000);
