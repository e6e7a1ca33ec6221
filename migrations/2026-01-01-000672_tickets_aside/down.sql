DROP POLICY own ON ticket_reminders;
REVOKE SELECT ON ticket_reminders FROM cloudmanager_app;
DROP INDEX ticket_reminders_aside;
ALTER TABLE ticket_reminders DROP COLUMN aside_since;
