-- A tsvector holds a megabyte at most, and how much a text makes of it is not to be seen before: a conversation of which there is more
-- is read up to a half, a quarter … of each kind, from its newest page. `said` is what the customer may see, after what is on top.
CREATE FUNCTION ticket_vectors(said text, internal text, OUT words tsvector, OUT seen tsvector, OUT plain tsvector)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    a text := coalesce(said, '');
    b text := coalesce(internal, '');
BEGIN
    LOOP
        BEGIN
            seen := public.search_words(a);
            words := seen || public.search_words(b);
            plain := to_tsvector('pg_catalog.simple', public.fold_text(concat_ws(E'\n', a, b)));
            RETURN;
        EXCEPTION WHEN program_limit_exceeded THEN
            IF length(a) + length(b) < 2000 THEN
                RAISE;
            END IF;
            a := left(a, length(a) / 2);
            b := left(b, length(b) / 2);
        END;
    END LOOP;
END $$;
