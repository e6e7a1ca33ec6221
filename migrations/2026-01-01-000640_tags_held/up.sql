-- Whoever marks a ticket holds the words' rows until his transaction ends, as a reference would: a tag that is about to be deleted is looked
-- for again once he is done, and a word whose row went meanwhile gets another.
CREATE OR REPLACE FUNCTION register_tags() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM tags WHERE name = ANY(NEW.tags) ORDER BY name FOR KEY SHARE;
    INSERT INTO tags (name) SELECT unnest(NEW.tags) EXCEPT SELECT name FROM tags ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
