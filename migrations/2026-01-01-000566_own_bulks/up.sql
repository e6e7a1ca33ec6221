-- Whoever started changes of many tickets finds his own again, the newest first.
CREATE INDEX ticket_bulks_own ON ticket_bulks (created_by, created_at DESC, id DESC);
