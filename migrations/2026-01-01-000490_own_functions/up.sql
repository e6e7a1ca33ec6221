-- Functions that look behind the wall run as their owner: for the roles of the product alone, not for every login of the database.
DO $$
DECLARE
    one regprocedure;
BEGIN
    FOR one IN SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', one);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO cloudmanager_app, cloudmanager_staff', one);
    END LOOP;
END $$;

-- After a reset of the password a passkey stands beside the new one only, until it has done so once: a thief may have added it.
ALTER TABLE passkeys ADD COLUMN alone boolean NOT NULL DEFAULT true;
