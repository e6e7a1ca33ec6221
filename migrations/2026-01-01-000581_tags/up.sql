-- Every word that tickets are marked with has a row: its colour, whether it is still offered, and where its tickets are going.
CREATE TABLE tags (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name       text NOT NULL UNIQUE,
    colour     text NOT NULL DEFAULT 'grey' CHECK (colour IN
               ('grey', 'red', 'orange', 'yellow', 'green', 'teal', 'blue', 'purple', 'pink')),
    -- No longer offered; tickets that have it keep it.
    retired    boolean NOT NULL DEFAULT false,
    -- Its tickets are given this one instead; it goes when the last of them has.
    moving_to  text,
    moving_by  uuid,
    version    integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
-- Most tickets have none: they cost nothing.
CREATE INDEX tickets_tags ON tickets USING gin (tags) WHERE deleted_at IS NULL AND tags <> '{}';
INSERT INTO tags (name) SELECT DISTINCT unnest(tags) FROM tickets WHERE tags <> '{}';

-- Tags come from agents, mails, rules and merges alike; whoever marks a ticket, the word gets its row.
CREATE FUNCTION register_tags() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO tags (name) SELECT unnest(NEW.tags) EXCEPT SELECT name FROM tags ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION register_tags() FROM PUBLIC;
CREATE TRIGGER tickets_register_tags AFTER INSERT ON tickets FOR EACH ROW WHEN (NEW.tags <> '{}') EXECUTE FUNCTION register_tags();
CREATE TRIGGER tickets_register_new_tags AFTER UPDATE OF tags ON tickets FOR EACH ROW
    WHEN (NEW.tags <> '{}' AND NEW.tags IS DISTINCT FROM OLD.tags) EXECUTE FUNCTION register_tags();
