DROP INDEX ticket_messages_origin;
