-- An agent puts a ticket aside until a reminder of his is due, or until its customer writes after this moment.
ALTER TABLE ticket_reminders ADD COLUMN aside_since timestamptz;
-- One agent puts a ticket aside once at a time.
CREATE UNIQUE INDEX ticket_reminders_aside ON ticket_reminders (ticket_id, user_id) WHERE aside_since IS NOT NULL AND told_at IS NULL;
-- Lists that customers share with staff name the table; of what is in it they see their own, which is nothing.
GRANT SELECT ON ticket_reminders TO cloudmanager_app;
CREATE POLICY own ON ticket_reminders TO cloudmanager_app USING (user_id = wall_user());
