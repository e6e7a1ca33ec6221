-- Customers' requests read names and addresses of colleagues and of staff, never what their passwords are checked against.
DO $$
DECLARE
    readable text;
BEGIN
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO readable FROM pg_attribute
    WHERE attrelid = 'users'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'password_hash';
    REVOKE SELECT ON users FROM cloudmanager_app;
    EXECUTE format('GRANT SELECT (%s) ON users TO cloudmanager_app', readable);
END $$;

-- What a password is checked against: behind the wall one's own only.
CREATE FUNCTION password_of(uuid) RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (SELECT password_hash FROM users
            WHERE id = $1 AND (current_setting('role') <> 'cloudmanager_app' OR $1 = wall_user()));
END $$;

-- How many mails of a kind an address was asked for, whoever asked: the cap holds for the address. It tells a number, no more.
CREATE FUNCTION links_asked(text, text, timestamptz) RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (SELECT count(*) FROM mailed_links WHERE email = $1 AND purpose = $2 AND created_at > $3);
END $$;

-- Tokens from before they carried a mark of the installation are looked up without one.
ALTER TABLE api_tokens ADD COLUMN marked boolean NOT NULL DEFAULT false;
