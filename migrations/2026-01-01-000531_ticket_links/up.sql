-- Tickets that belong together: merged, split, linked.
ALTER TABLE tickets
    ADD COLUMN merged_into uuid REFERENCES tickets,
    ADD CONSTRAINT tickets_merged_closed CHECK (merged_into IS NULL OR (state = 'closed' AND merged_into <> id));
CREATE INDEX tickets_merged_into ON tickets (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX tickets_follow_up_of ON tickets (follow_up_of) WHERE follow_up_of IS NOT NULL;
-- Where a message was before its ticket was merged or split.
ALTER TABLE ticket_messages ADD COLUMN origin_ticket_id uuid REFERENCES tickets ON DELETE SET NULL;

CREATE TABLE ticket_links (
    -- related: the smaller id first; duplicate: the duplicate first; parent: the parent first; split: where it came from first.
    ticket_id  uuid NOT NULL REFERENCES tickets ON DELETE CASCADE,
    other_id   uuid NOT NULL REFERENCES tickets ON DELETE CASCADE,
    kind       text NOT NULL CHECK (kind IN ('related', 'duplicate', 'parent', 'split')),
    created_at timestamptz NOT NULL,
    created_by uuid,
    PRIMARY KEY (ticket_id, other_id, kind),
    CHECK (ticket_id <> other_id)
);
CREATE INDEX ticket_links_other ON ticket_links (other_id);
-- A ticket has one parent.
CREATE UNIQUE INDEX ticket_links_parent ON ticket_links (other_id) WHERE kind = 'parent';
ALTER TABLE ticket_links ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY staff ON ticket_links TO cloudmanager_staff USING (true) WITH CHECK (true);
