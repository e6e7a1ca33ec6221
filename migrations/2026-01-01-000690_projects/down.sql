REVOKE UPDATE (project_id) ON tickets FROM cloudmanager_app;
DROP POLICY seen ON tickets;
DROP POLICY opened ON tickets;
DROP POLICY changed ON tickets;
CREATE POLICY seen ON tickets FOR SELECT TO cloudmanager_app
    USING (requester_user_id = wall_user() OR id = ANY (ARRAY(SELECT wall_tickets())));
CREATE POLICY opened ON tickets FOR INSERT TO cloudmanager_app WITH CHECK (requester_user_id = wall_user());
CREATE POLICY changed ON tickets FOR UPDATE TO cloudmanager_app
    USING (requester_user_id = wall_user() OR id = ANY (ARRAY(SELECT wall_tickets())));
CREATE OR REPLACE FUNCTION wall_sees_ticket(uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM tickets WHERE id = $1 AND requester_user_id = wall_user())
              OR EXISTS (SELECT FROM ticket_participants
                         WHERE ticket_id = $1 AND user_id = wall_user() AND role <> 'cc_pending');
END $$;
ALTER TABLE tickets DROP CONSTRAINT tickets_project_of_customer, DROP COLUMN project_id;
DROP TABLE customer_project_members;
DROP TABLE customer_projects;
DROP FUNCTION wall_projects(), wall_leads();
