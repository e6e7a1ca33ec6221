-- What is on hold until a moment is looked for every few seconds; there is little of it at any time.
CREATE INDEX tickets_hold_ends ON tickets (on_hold_until, id)
    WHERE state = 'on_hold' AND on_hold_until IS NOT NULL AND deleted_at IS NULL;
