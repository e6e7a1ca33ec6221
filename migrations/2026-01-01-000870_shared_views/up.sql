-- A kept filter may be shown to the members of a support group, or to all staff who see its list.
ALTER TABLE saved_views
    ADD COLUMN audience text NOT NULL DEFAULT 'own' CHECK (audience IN ('own', 'group', 'staff')),
    ADD COLUMN group_id uuid REFERENCES support_groups ON DELETE CASCADE,
    ADD COLUMN version  integer NOT NULL DEFAULT 1,
    ADD CONSTRAINT saved_views_group CHECK ((audience = 'group') = (group_id IS NOT NULL));
CREATE INDEX saved_views_shared ON saved_views (list) WHERE audience <> 'own';

-- How a person has the views of a list stand, and with which one it opens.
CREATE TABLE saved_view_arrangements (
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    list    text NOT NULL CHECK (list ~ '^[a-z][a-z_]{1,39}$'),
    -- In this order; those that are not named come behind. What is gone by now is passed over.
    places  uuid[] NOT NULL CHECK (cardinality(places) <= 200),
    opening uuid REFERENCES saved_views ON DELETE SET NULL,
    PRIMARY KEY (user_id, list)
);
CREATE INDEX saved_view_arrangements_opening ON saved_view_arrangements (opening) WHERE opening IS NOT NULL;
ALTER TABLE saved_view_arrangements ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY staff ON saved_view_arrangements TO cloudmanager_staff USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON saved_view_arrangements TO cloudmanager_app;
CREATE POLICY own ON saved_view_arrangements TO cloudmanager_app USING (user_id = wall_user());
