-- What was closed as spam counts in no statistics; opened again it does, from its history.
DELETE FROM ticket_facts f USING tickets t WHERE t.id = f.ticket_id AND t.spam;
