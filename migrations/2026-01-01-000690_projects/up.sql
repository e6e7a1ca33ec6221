-- What a customer groups his things by, and who of his people sees which. A project is archived, never deleted: tickets keep theirs.
CREATE TABLE customer_projects (
    id          uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customers,
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    description text NOT NULL DEFAULT '' CHECK (length(description) <= 500),
    -- Of the palette of tags.
    colour      text,
    archived_at timestamptz,
    version     integer NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    created_by  uuid,
    updated_by  uuid,
    UNIQUE (id, customer_id)
);
CREATE UNIQUE INDEX customer_projects_name ON customer_projects (customer_id, lower(name));
-- Lists by name over all customers.
CREATE INDEX customer_projects_by_name ON customer_projects (name, id);

-- Who is assigned. Nobody is who does not act for the customer: the assignment goes with the membership.
CREATE TABLE customer_project_members (
    project_id  uuid NOT NULL,
    customer_id uuid NOT NULL,
    user_id     uuid NOT NULL,
    added_by    uuid,
    added_at    timestamptz NOT NULL,
    PRIMARY KEY (project_id, user_id),
    FOREIGN KEY (project_id, customer_id) REFERENCES customer_projects (id, customer_id),
    FOREIGN KEY (customer_id, user_id) REFERENCES customer_members (customer_id, user_id) ON DELETE CASCADE
);
CREATE INDEX customer_project_members_person ON customer_project_members (user_id, customer_id);

-- A ticket's project is one of its customer's.
ALTER TABLE tickets ADD COLUMN project_id uuid,
    ADD CONSTRAINT tickets_project_of_customer FOREIGN KEY (project_id, customer_id) REFERENCES customer_projects (id, customer_id);
-- Lists of one project, and what behind the wall is seen because of one.
CREATE INDEX tickets_project ON tickets (project_id, updated_at DESC, id DESC) WHERE project_id IS NOT NULL;

-- Customers that he leads: his own projects or not, all of theirs are his to see and to manage.
CREATE FUNCTION wall_leads() RETURNS SETOF uuid LANGUAGE plpgsql STABLE ROWS 5 SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT customer_id FROM customer_members WHERE user_id = wall_user() AND role IN ('owner', 'admin');
END $$;

-- The projects that he sees: all of a customer that he leads, otherwise those he is assigned to.
CREATE FUNCTION wall_projects() RETURNS SETOF uuid LANGUAGE plpgsql STABLE ROWS 20 SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT p.id FROM customer_members m JOIN customer_projects p ON p.customer_id = m.customer_id
        WHERE m.user_id = wall_user() AND (m.role IN ('owner', 'admin') OR EXISTS (
            SELECT FROM customer_project_members x WHERE x.project_id = p.id AND x.user_id = m.user_id));
END $$;

-- A ticket of a project is seen with the project; one without by whoever asked or takes part.
CREATE OR REPLACE FUNCTION wall_sees_ticket(uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    filed uuid;
    asker uuid;
BEGIN
    SELECT project_id, requester_user_id INTO filed, asker FROM tickets WHERE id = $1;
    IF filed IS NOT NULL THEN
        RETURN filed IN (SELECT wall_projects());
    END IF;
    RETURN coalesce(asker = wall_user(), false) OR EXISTS (SELECT FROM ticket_participants
        WHERE ticket_id = $1 AND user_id = wall_user() AND role <> 'cc_pending');
END $$;

DO $$
DECLARE
    one regprocedure;
BEGIN
    FOREACH one IN ARRAY ARRAY['wall_leads()', 'wall_projects()']::regprocedure[] LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', one);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO cloudmanager_app, cloudmanager_staff', one);
    END LOOP;
END $$;

DROP POLICY seen ON tickets;
DROP POLICY opened ON tickets;
DROP POLICY changed ON tickets;
CREATE POLICY seen ON tickets FOR SELECT TO cloudmanager_app
    USING ((project_id IS NULL AND requester_user_id = wall_user())
        OR (project_id IS NULL AND id = ANY (ARRAY(SELECT wall_tickets())))
        OR project_id = ANY (ARRAY(SELECT wall_projects())));
CREATE POLICY opened ON tickets FOR INSERT TO cloudmanager_app
    WITH CHECK (requester_user_id = wall_user() AND (project_id IS NULL OR project_id = ANY (ARRAY(SELECT wall_projects()))));
CREATE POLICY changed ON tickets FOR UPDATE TO cloudmanager_app
    USING ((project_id IS NULL AND requester_user_id = wall_user())
        OR (project_id IS NULL AND id = ANY (ARRAY(SELECT wall_tickets())))
        OR project_id = ANY (ARRAY(SELECT wall_projects())));
GRANT UPDATE (project_id) ON tickets TO cloudmanager_app;

DO $$
DECLARE
    walled text;
BEGIN
    FOREACH walled IN ARRAY ARRAY['customer_projects', 'customer_project_members'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', walled);
        EXECUTE format('CREATE POLICY staff ON %I TO cloudmanager_staff USING (true) WITH CHECK (true)', walled);
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE (name, description, colour, archived_at, updated_at, updated_by, version) ON customer_projects TO cloudmanager_app;
CREATE POLICY seen ON customer_projects FOR SELECT TO cloudmanager_app
    USING (customer_id = ANY (ARRAY(SELECT wall_leads())) OR id = ANY (ARRAY(SELECT wall_projects())));
CREATE POLICY made ON customer_projects FOR INSERT TO cloudmanager_app WITH CHECK (customer_id = ANY (ARRAY(SELECT wall_leads())));
CREATE POLICY changed ON customer_projects FOR UPDATE TO cloudmanager_app USING (customer_id = ANY (ARRAY(SELECT wall_leads())));
GRANT SELECT, INSERT, DELETE ON customer_project_members TO cloudmanager_app;
CREATE POLICY seen ON customer_project_members FOR SELECT TO cloudmanager_app
    USING (user_id = wall_user() OR project_id = ANY (ARRAY(SELECT wall_projects())));
CREATE POLICY added ON customer_project_members FOR INSERT TO cloudmanager_app
    WITH CHECK (customer_id = ANY (ARRAY(SELECT wall_leads())));
-- Whoever leaves takes himself out.
CREATE POLICY removed ON customer_project_members FOR DELETE TO cloudmanager_app
    USING (user_id = wall_user() OR customer_id = ANY (ARRAY(SELECT wall_leads())));
