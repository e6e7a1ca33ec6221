-- The list of all tickets by when they were opened: without it a page reads the whole table.
CREATE INDEX tickets_created ON tickets (created_at DESC, id DESC) WHERE deleted_at IS NULL;

-- Whether more than `many` tickets hold what is looked for. By the index alone: the planner would rather read the table, since many match,
-- and unpack the words of each.
CREATE FUNCTION search_is_frequent(q tsquery, many bigint) RETURNS boolean LANGUAGE sql STABLE SET enable_seqscan = off
    AS $$ SELECT EXISTS (SELECT FROM ticket_words WHERE words @@ q OFFSET many) $$;
