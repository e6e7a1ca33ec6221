-- A live event of a ticket is told to those of the customer's people who see the ticket when it happens, besides staff.
ALTER TABLE events ADD COLUMN audience uuid[];

-- Those who see a ticket of this requester and this project: of a project whoever sees the project, otherwise whoever asked or takes part.
CREATE FUNCTION ticket_audience(ticket uuid, project uuid, requester uuid) RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF project IS NULL THEN
        RETURN ARRAY(SELECT requester WHERE requester IS NOT NULL
            UNION SELECT user_id FROM ticket_participants WHERE ticket_id = ticket AND user_id IS NOT NULL AND role <> 'cc_pending');
    END IF;
    RETURN ARRAY(SELECT m.user_id FROM customer_projects p JOIN customer_members m ON m.customer_id = p.customer_id
        WHERE p.id = project AND (m.role IN ('owner', 'admin') OR EXISTS (
            SELECT FROM customer_project_members x WHERE x.project_id = p.id AND x.user_id = m.user_id)));
END $$;
REVOKE EXECUTE ON FUNCTION ticket_audience(uuid, uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ticket_audience(uuid, uuid, uuid) TO cloudmanager_app, cloudmanager_staff;

-- Asked for each row of what belongs to tickets: it looks at one project, not at all that a person sees.
CREATE OR REPLACE FUNCTION wall_sees_ticket(uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    filed uuid;
    asker uuid;
BEGIN
    SELECT project_id, requester_user_id INTO filed, asker FROM tickets WHERE id = $1;
    IF filed IS NOT NULL THEN
        RETURN EXISTS (SELECT FROM customer_projects p JOIN customer_members m ON m.customer_id = p.customer_id
            WHERE p.id = filed AND m.user_id = wall_user() AND (m.role IN ('owner', 'admin') OR EXISTS (
                SELECT FROM customer_project_members x WHERE x.project_id = filed AND x.user_id = m.user_id)));
    END IF;
    RETURN coalesce(asker = wall_user(), false) OR EXISTS (SELECT FROM ticket_participants
        WHERE ticket_id = $1 AND user_id = wall_user() AND role <> 'cc_pending');
END $$;

-- Files that nobody has judged, and mails whose job is over, are looked for again and again.
CREATE INDEX outgoing_mails_queued ON outgoing_mails (id) WHERE state = 'queued';
CREATE INDEX attachments_checking ON attachments (id) WHERE state = 'checking';
