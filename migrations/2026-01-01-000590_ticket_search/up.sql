-- What tickets say, for searching: subjects, people and messages, in French, English and Arabic. Written behind the changes by a job
-- that follows the log of events, so that opening a ticket and answering it cost nothing more.

-- Words as written, with their places, so that a phrase can be looked for; and their stems in each language.
CREATE FUNCTION search_words(text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT to_tsvector('pg_catalog.simple', public.fold_text($1))
        || strip(to_tsvector('pg_catalog.french', public.search_text($1)) || to_tsvector('pg_catalog.english', public.search_text($1))
                 || to_tsvector('pg_catalog.arabic', public.fold_text($1))) $$;

-- What somebody typed: "a phrase", OR and - as in search engines.
CREATE FUNCTION search_query(text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT websearch_to_tsquery('pg_catalog.simple', public.fold_text($1))
        || websearch_to_tsquery('pg_catalog.french', public.search_text($1))
        || websearch_to_tsquery('pg_catalog.english', public.search_text($1))
        || websearch_to_tsquery('pg_catalog.arabic', public.fold_text($1)) $$;

CREATE TABLE ticket_words (
    ticket_id uuid PRIMARY KEY REFERENCES tickets ON DELETE CASCADE,
    -- Everything, notes and held messages included.
    words     tsvector NOT NULL,
    -- What the customer may see.
    public    tsvector NOT NULL
);
CREATE INDEX ticket_words_words ON ticket_words USING gin (words);

-- Tickets to be read beside those that the log names: all that there are now, and those of a person who is erased.
CREATE TABLE ticket_words_due (
    ticket_id uuid PRIMARY KEY REFERENCES tickets ON DELETE CASCADE
);
INSERT INTO ticket_words_due SELECT id FROM tickets WHERE deleted_at IS NULL;

-- Words that tickets hold, to find the one that somebody meant who mistyped it. In C order, so that a beginning can be looked up.
CREATE TABLE search_vocabulary (
    word text COLLATE "C" PRIMARY KEY CHECK (length(word) BETWEEN 3 AND 32)
);
CREATE INDEX search_vocabulary_like ON search_vocabulary USING gin (word gin_trgm_ops);

INSERT INTO event_cursors VALUES ('search', pg_current_xact_id(), 9223372036854775807);

ALTER TABLE ticket_words ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY staff ON ticket_words TO cloudmanager_staff USING (true) WITH CHECK (true);
CREATE POLICY seen ON ticket_words FOR SELECT TO cloudmanager_app USING (wall_sees_ticket(ticket_id));
GRANT SELECT (ticket_id, public) ON ticket_words TO cloudmanager_app;
ALTER TABLE ticket_words_due ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY staff ON ticket_words_due TO cloudmanager_staff USING (true) WITH CHECK (true);
ALTER TABLE search_vocabulary ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY staff ON search_vocabulary TO cloudmanager_staff USING (true) WITH CHECK (true);
