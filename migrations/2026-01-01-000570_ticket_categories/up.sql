-- What tickets are about: a tree that people manage. A category is retired, never deleted: tickets keep theirs.
CREATE TABLE ticket_categories (
    id             uuid PRIMARY KEY,
    -- Of those that are there from the first launch; made once, changed by people as they like.
    seed           text UNIQUE,
    parent_id      uuid REFERENCES ticket_categories CHECK (parent_id <> id),
    position       integer NOT NULL,
    name_fr        text NOT NULL CHECK (length(name_fr) BETWEEN 1 AND 80),
    name_en        text NOT NULL CHECK (length(name_en) BETWEEN 1 AND 80),
    name_ar        text NOT NULL CHECK (length(name_ar) BETWEEN 1 AND 80),
    description_fr text NOT NULL DEFAULT '' CHECK (length(description_fr) <= 500),
    description_en text NOT NULL DEFAULT '' CHECK (length(description_en) <= 500),
    description_ar text NOT NULL DEFAULT '' CHECK (length(description_ar) <= 500),
    active         boolean NOT NULL DEFAULT true,
    -- Taken by tickets that name none.
    is_default     boolean NOT NULL DEFAULT false CHECK (active OR NOT is_default),
    -- Where its tickets go, how urgent they begin, and what whoever gets them should know; empty = as the category above it.
    group_id       uuid REFERENCES support_groups,
    priority       text CHECK (priority IN ('low', 'medium', 'high', 'urgent')),
    skills         text[] NOT NULL DEFAULT '{}',
    version        integer NOT NULL DEFAULT 1,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    created_by     uuid,
    updated_by     uuid
);
CREATE UNIQUE INDEX ticket_categories_default ON ticket_categories (is_default) WHERE is_default;
CREATE INDEX ticket_categories_parent ON ticket_categories (parent_id) WHERE parent_id IS NOT NULL;

-- Whoever changes the tree holds this row, so that two changes that are right by themselves make no cycle together.
CREATE TABLE ticket_category_tree (one boolean PRIMARY KEY DEFAULT true CHECK (one));
INSERT INTO ticket_category_tree VALUES (true);

ALTER TABLE tickets ADD COLUMN category_id uuid REFERENCES ticket_categories;
CREATE INDEX tickets_category ON tickets (category_id, updated_at DESC, id DESC)
    WHERE deleted_at IS NULL AND category_id IS NOT NULL;
ALTER TABLE mailboxes ADD COLUMN category_id uuid REFERENCES ticket_categories;

-- A category and those above it, up to the root.
CREATE FUNCTION category_path(uuid) RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE up AS (
        SELECT id, parent_id, 1 AS n FROM ticket_categories WHERE id = $1
        UNION ALL SELECT c.id, c.parent_id, up.n + 1 FROM up JOIN ticket_categories c ON c.id = up.parent_id WHERE up.n < 10)
    SELECT coalesce(array_agg(id ORDER BY n), '{}') FROM up $$;

-- The same for everybody; customers choose from them.
GRANT SELECT ON ticket_categories TO cloudmanager_app;
