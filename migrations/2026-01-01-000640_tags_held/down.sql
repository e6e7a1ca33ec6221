CREATE OR REPLACE FUNCTION register_tags() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO tags (name) SELECT unnest(NEW.tags) EXCEPT SELECT name FROM tags ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
