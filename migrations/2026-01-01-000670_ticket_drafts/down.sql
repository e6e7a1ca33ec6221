DROP TABLE ticket_drafts;
