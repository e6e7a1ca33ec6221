ALTER TABLE ticket_drafts DROP CONSTRAINT ticket_drafts_body_check, DROP CONSTRAINT ticket_drafts_canned_check,
    ADD CONSTRAINT ticket_drafts_body_check CHECK (octet_length(body) <= 200000) NOT VALID,
    ADD CONSTRAINT ticket_drafts_canned_check CHECK (octet_length(canned::text) <= 400000) NOT VALID;
