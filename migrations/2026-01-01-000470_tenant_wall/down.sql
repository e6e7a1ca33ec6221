-- The roles stay: they belong to the server, and its other databases may use them. Without rights they are nothing.
DO $$
DECLARE
    policy record;
BEGIN
    FOR policy IN SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public' LOOP
        EXECUTE format('DROP POLICY %I ON %I', policy.policyname, policy.tablename);
        EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY', policy.tablename);
    END LOOP;
END $$;
DROP INDEX customer_documents_file, kyc_documents_file;
DROP FUNCTION customer_by_email(text), wall_writes_ticket(uuid), wall_sees_ticket(uuid), wall_tickets(), wall_staff_role(uuid),
    wall_colleagues(), wall_unclaimed(uuid), wall_customers(), wall_user();
DROP OWNED BY cloudmanager_app, cloudmanager_staff;
