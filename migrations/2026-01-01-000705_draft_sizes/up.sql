-- How much may be written is a rule of the product. What an erasure puts in the place of a short name is longer than the name: its
-- draft must not be what the erasure fails at.
ALTER TABLE ticket_drafts DROP CONSTRAINT ticket_drafts_body_check, DROP CONSTRAINT ticket_drafts_canned_check,
    ADD CONSTRAINT ticket_drafts_body_check CHECK (octet_length(body) <= 4000000),
    ADD CONSTRAINT ticket_drafts_canned_check CHECK (octet_length(canned::text) <= 8000000);
