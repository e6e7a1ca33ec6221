-- Whoever was only noted as in copy, because nobody vouched for his mail, takes part once he writes while signed in.
GRANT UPDATE (role) ON ticket_participants TO cloudmanager_app;
CREATE POLICY promoted ON ticket_participants FOR UPDATE TO cloudmanager_app
    USING (role = 'cc_pending' AND user_id = wall_user() AND wall_sees_ticket(ticket_id))
    WITH CHECK (role = 'contributor' AND user_id = wall_user());
