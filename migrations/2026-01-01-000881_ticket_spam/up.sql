-- Closed as spam: nothing is sent by itself for it, and no answer of its sender opens it again.
ALTER TABLE tickets ADD COLUMN spam boolean NOT NULL DEFAULT false;
UPDATE tickets t SET spam = true
WHERE t.state = 'closed' AND t.merged_into IS NULL AND (SELECT e.data->>'reason' FROM ticket_events e
    WHERE e.ticket_id = t.id AND e.kind = 'state_changed' ORDER BY e.seq DESC LIMIT 1) = 'spam';
