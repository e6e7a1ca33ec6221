DROP INDEX attachments_checking;
DROP INDEX outgoing_mails_queued;
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
DROP FUNCTION ticket_audience(uuid, uuid, uuid);
ALTER TABLE events DROP COLUMN audience;
