-- What was closed as spam counts in no statistics; opened again it does, from its history.
DELETE FROM ticket_facts f USING tickets t WHERE t.id = f.ticket_id AND t.spam;
-- What a list of spam alone shows, in its order; most tickets are none.
CREATE INDEX tickets_spam_updated ON tickets (updated_at DESC, id DESC) WHERE spam AND deleted_at IS NULL;
