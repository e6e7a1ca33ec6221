DROP POLICY promoted ON ticket_participants;
REVOKE UPDATE (role) ON ticket_participants FROM cloudmanager_app;
