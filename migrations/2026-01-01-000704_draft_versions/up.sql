-- A draft's version is a number that no earlier draft had either: a page that still shows a draft which was sent must not take the next
-- one for it. It comes round again after two thousand million changes, when nobody holds the first.
CREATE SEQUENCE ticket_draft_versions AS integer START 1000000 CYCLE OWNED BY ticket_drafts.version;
ALTER TABLE ticket_drafts ALTER COLUMN version SET DEFAULT nextval('ticket_draft_versions');
GRANT USAGE ON SEQUENCE ticket_draft_versions TO cloudmanager_app;
