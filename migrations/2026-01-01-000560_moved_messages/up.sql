-- A message that left its ticket before anybody was told of it is still found there.
CREATE INDEX ticket_messages_origin ON ticket_messages (origin_ticket_id) WHERE origin_ticket_id IS NOT NULL;
