-- The second wall between customers. Processes work as one of two roles that own nothing and bypass nothing:
--   cloudmanager_staff  staff, workers and whatever comes before sign-in: every row, by a policy that says so;
--   cloudmanager_app    customers: the rows of the person in `cm.user_id`, and none while nobody is set.
-- What cloudmanager_app may touch is listed here table by table; a new table is closed to it until its migration opens it.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['cloudmanager_app', 'cloudmanager_staff'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS', wanted);
            EXCEPTION
                -- Another database of the same server is being migrated.
                WHEN duplicate_object OR unique_violation THEN NULL;
                WHEN insufficient_privilege THEN
                    RAISE EXCEPTION 'the role % is missing and % may not create it; an administrator must run: CREATE ROLE % NOLOGIN; GRANT % TO %',
                        wanted, current_user, wanted, wanted, current_user USING ERRCODE = 'insufficient_privilege';
            END;
        END IF;
        IF NOT pg_has_role(current_user, wanted, 'USAGE') THEN
            BEGIN
                EXECUTE format('GRANT %I TO %I', wanted, current_user);
            EXCEPTION WHEN insufficient_privilege THEN
                RAISE EXCEPTION '% is no member of the role %; an administrator must run: GRANT % TO %',
                    current_user, wanted, wanted, current_user USING ERRCODE = 'insufficient_privilege';
            END;
        END IF;
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = wanted AND (rolsuper OR rolbypassrls)) THEN
            RAISE EXCEPTION 'the role % bypasses the wall; an administrator must run: ALTER ROLE % NOSUPERUSER NOBYPASSRLS',
                wanted, wanted;
        END IF;
    END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO cloudmanager_staff;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO cloudmanager_staff;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO cloudmanager_staff;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO cloudmanager_staff;
REVOKE UPDATE, DELETE ON audit_log, audit_seals, audit_days, kyc_document_views FROM cloudmanager_staff;

-- Whose rows. A setting that was local to an ended transaction is left empty, not absent.
CREATE FUNCTION wall_user() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('cm.user_id', true), '')::uuid $$;

-- The following look behind the policies, so that none of these needs another. They tell about the person set, never more.
-- Policies read those of several rows as an array: its members are looked up by index before anything else is read.
CREATE FUNCTION wall_customers() RETURNS SETOF uuid LANGUAGE sql STABLE ROWS 20 SECURITY DEFINER
    SET search_path = public, pg_temp
    AS $$ SELECT customer_id FROM customer_members WHERE user_id = wall_user() $$;

-- A customer that he just made and nobody acts for yet.
CREATE FUNCTION wall_unclaimed(uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT NOT EXISTS (SELECT FROM customer_members WHERE customer_id = $1)
              AND NOT EXISTS (SELECT FROM customers WHERE id = $1 AND created_by IS DISTINCT FROM wall_user()) $$;

CREATE FUNCTION wall_colleagues() RETURNS SETOF uuid LANGUAGE sql STABLE ROWS 20 SECURITY DEFINER
    SET search_path = public, pg_temp
    AS $$ SELECT o.user_id FROM customer_members m JOIN customer_members o ON o.customer_id = m.customer_id
          WHERE m.user_id = wall_user() $$;

-- Staff have names that customers read: who answers, who looks after them.
CREATE FUNCTION wall_staff_role(uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM roles r CROSS JOIN unnest(r.effective) p WHERE r.id = $1 AND p !~ '[._]own$') $$;

CREATE FUNCTION wall_tickets() RETURNS SETOF uuid LANGUAGE sql STABLE ROWS 20 SECURITY DEFINER
    SET search_path = public, pg_temp
    AS $$ SELECT ticket_id FROM ticket_participants WHERE user_id = wall_user() AND role <> 'cc_pending' $$;

CREATE FUNCTION wall_sees_ticket(uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM tickets WHERE id = $1 AND requester_user_id = wall_user())
              OR EXISTS (SELECT FROM ticket_participants
                         WHERE ticket_id = $1 AND user_id = wall_user() AND role <> 'cc_pending') $$;

-- For rows that come in with their ticket: it is not there yet for the statement that opens it, and its own policy judges it.
CREATE FUNCTION wall_writes_ticket(uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT NOT EXISTS (SELECT FROM tickets WHERE id = $1) OR wall_sees_ticket($1) $$;

-- The customer with this address, for staff to see on a ticket. A person behind the wall asks for his own address only.
CREATE FUNCTION customer_by_email(text) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT c.id FROM customers c
          WHERE c.email = $1 AND c.deleted_at IS NULL
            AND (current_setting('role') <> 'cloudmanager_app' OR $1 = (SELECT email FROM users WHERE id = wall_user()))
          ORDER BY c.created_at, c.id LIMIT 1 $$;

-- For the policy of `sealed_files`.
CREATE INDEX customer_documents_file ON customer_documents (file_id);
CREATE INDEX kyc_documents_file ON kyc_documents (file_id);

DO $$
DECLARE
    walled text;
BEGIN
    FOREACH walled IN ARRAY ARRAY[
        'users', 'sessions', 'refresh_tokens', 'known_devices', 'mailed_links', 'password_history', 'login_journal',
        'login_failures', 'security_alerts', 'totp_factors', 'backup_codes', 'auth_challenges', 'api_tokens', 'saved_views',
        'idempotency_keys',
        'tickets', 'ticket_participants', 'ticket_messages', 'ticket_events', 'attachments', 'message_ids',
        'raw_mails', 'outgoing_mails', 'bounces', 'mailboxes', 'mailbox_tests', 'events', 'audit_log', 'jobs',
        'customers', 'customer_members', 'customer_contacts', 'customer_addresses', 'customer_invitations', 'customer_notes',
        'customer_documents', 'customer_status_changes', 'customer_imports', 'customer_import_rows', 'sealed_files',
        'kyc_cases', 'kyc_documents', 'kyc_events', 'kyc_document_views'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', walled);
        EXECUTE format('CREATE POLICY staff ON %I TO cloudmanager_staff USING (true) WITH CHECK (true)', walled);
    END LOOP;
END $$;

GRANT USAGE ON SEQUENCE ticket_numbers, customer_numbers TO cloudmanager_app;
GRANT SELECT ON roles, role_parents, support_groups TO cloudmanager_app;
GRANT SELECT (id, group_id) ON mailboxes TO cloudmanager_app;
GRANT SELECT, INSERT ON jobs, audit_log TO cloudmanager_app;
-- What nobody is said to have started is seen by the transaction that adds it, which looks whether it is there already.
CREATE POLICY started ON jobs FOR SELECT TO cloudmanager_app
    USING (actor_id = wall_user() OR (wall_user() IS NOT NULL AND actor_id IS NULL AND created_at = now()));
CREATE POLICY handed_over ON jobs FOR INSERT TO cloudmanager_app
    WITH CHECK (wall_user() IS NOT NULL AND (actor_id IS NULL OR actor_id = wall_user()));
CREATE POLICY own ON audit_log TO cloudmanager_app USING (actor_id = wall_user());
GRANT INSERT ON audit_pending TO cloudmanager_app;
GRANT INSERT ON events TO cloudmanager_app;
CREATE POLICY tell ON events FOR INSERT TO cloudmanager_app WITH CHECK (wall_user() IS NOT NULL);

-- Accounts.
-- Nobody gives himself a role, or a state.
GRANT SELECT, UPDATE (name, email, email_verified_at, phone, locale, password_hash, password_changed_at, last_login_at,
    session_version, updated_at, updated_by, version) ON users TO cloudmanager_app;
CREATE POLICY seen ON users FOR SELECT TO cloudmanager_app
    USING (id = wall_user() OR id = ANY (ARRAY(SELECT wall_colleagues()))
        OR (wall_user() IS NOT NULL AND wall_staff_role(role_id)));
CREATE POLICY own ON users FOR UPDATE TO cloudmanager_app USING (id = wall_user());
DO $$
DECLARE
    mine text;
BEGIN
    FOREACH mine IN ARRAY ARRAY['sessions', 'known_devices', 'password_history', 'login_journal', 'security_alerts', 'totp_factors',
                                'backup_codes', 'auth_challenges', 'api_tokens', 'saved_views'] LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO cloudmanager_app', mine);
        EXECUTE format('CREATE POLICY own ON %I TO cloudmanager_app USING (user_id = wall_user())', mine);
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE ON login_failures TO cloudmanager_app;
-- Besides his own, the counters of a network, which name nobody.
CREATE POLICY own ON login_failures TO cloudmanager_app
    USING (wall_user() IS NOT NULL AND (account = '*' OR right(account, 37) = ':' || wall_user()
        OR account = (SELECT u.email FROM users u WHERE u.id = wall_user())));
GRANT SELECT, INSERT, UPDATE, DELETE ON refresh_tokens, mailed_links TO cloudmanager_app;
CREATE POLICY own ON refresh_tokens TO cloudmanager_app
    USING (EXISTS (SELECT FROM sessions s WHERE s.id = session_id));
CREATE POLICY own ON mailed_links TO cloudmanager_app USING (user_id = wall_user());
GRANT SELECT, UPDATE ON idempotency_keys TO cloudmanager_app;
CREATE POLICY own ON idempotency_keys TO cloudmanager_app
    USING (actor_id = wall_user() OR EXISTS (SELECT FROM api_tokens t WHERE t.id = actor_id));

-- Tickets. Notes and what is held back are for staff; whose a ticket is stays.
GRANT SELECT, INSERT ON tickets, attachments TO cloudmanager_app;
GRANT UPDATE (state, subject, priority, assignee_id, hold_reason, on_hold_until, unanswered, delivery_failed, tags, message_count,
    event_seq, last_message_at, updated_at, updated_by, version) ON tickets TO cloudmanager_app;
GRANT UPDATE (message_id) ON attachments TO cloudmanager_app;
GRANT SELECT, INSERT ON ticket_participants, ticket_messages, ticket_events TO cloudmanager_app;
CREATE POLICY seen ON tickets FOR SELECT TO cloudmanager_app
    USING (requester_user_id = wall_user() OR id = ANY (ARRAY(SELECT wall_tickets())));
CREATE POLICY opened ON tickets FOR INSERT TO cloudmanager_app WITH CHECK (requester_user_id = wall_user());
CREATE POLICY changed ON tickets FOR UPDATE TO cloudmanager_app
    USING (requester_user_id = wall_user() OR id = ANY (ARRAY(SELECT wall_tickets())));
CREATE POLICY seen ON ticket_participants FOR SELECT TO cloudmanager_app
    USING (user_id = wall_user() OR wall_sees_ticket(ticket_id));
CREATE POLICY added ON ticket_participants FOR INSERT TO cloudmanager_app
    WITH CHECK (wall_user() IS NOT NULL AND wall_writes_ticket(ticket_id));
CREATE POLICY seen ON ticket_messages FOR SELECT TO cloudmanager_app
    USING (kind <> 'note' AND NOT held AND wall_sees_ticket(ticket_id));
CREATE POLICY written ON ticket_messages FOR INSERT TO cloudmanager_app
    WITH CHECK (author_user_id = wall_user() AND NOT is_staff AND wall_writes_ticket(ticket_id));
CREATE POLICY seen ON ticket_events FOR SELECT TO cloudmanager_app USING (wall_sees_ticket(ticket_id));
CREATE POLICY added ON ticket_events FOR INSERT TO cloudmanager_app
    WITH CHECK (actor_id = wall_user() AND wall_writes_ticket(ticket_id));
CREATE POLICY seen ON attachments FOR SELECT TO cloudmanager_app
    USING (message_id IS NULL AND raw_mail_id IS NULL AND uploader_id = wall_user()
           OR EXISTS (SELECT FROM ticket_messages m WHERE m.id = message_id));
CREATE POLICY uploaded ON attachments FOR INSERT TO cloudmanager_app WITH CHECK (uploader_id = wall_user());
CREATE POLICY used ON attachments FOR UPDATE TO cloudmanager_app
    USING (message_id IS NULL AND uploader_id = wall_user()) WITH CHECK (uploader_id = wall_user());

-- Customers.
GRANT SELECT, INSERT, UPDATE ON customers TO cloudmanager_app;
CREATE POLICY seen ON customers FOR SELECT TO cloudmanager_app
    USING (id = ANY (ARRAY(SELECT wall_customers())));
CREATE POLICY made ON customers FOR INSERT TO cloudmanager_app WITH CHECK (created_by = wall_user());
CREATE POLICY changed ON customers FOR UPDATE TO cloudmanager_app USING (id = ANY (ARRAY(SELECT wall_customers())));
GRANT SELECT, INSERT, UPDATE, DELETE ON customer_members, customer_contacts, customer_addresses, customer_invitations
    TO cloudmanager_app;
CREATE POLICY seen ON customer_members FOR SELECT TO cloudmanager_app
    USING (user_id = wall_user() OR customer_id = ANY (ARRAY(SELECT wall_customers())));
CREATE POLICY added ON customer_members FOR INSERT TO cloudmanager_app
    WITH CHECK (customer_id = ANY (ARRAY(SELECT wall_customers())) OR (user_id = wall_user() AND wall_unclaimed(customer_id)));
CREATE POLICY changed ON customer_members FOR UPDATE TO cloudmanager_app USING (customer_id = ANY (ARRAY(SELECT wall_customers())));
CREATE POLICY removed ON customer_members FOR DELETE TO cloudmanager_app USING (customer_id = ANY (ARRAY(SELECT wall_customers())));
CREATE POLICY own ON customer_contacts TO cloudmanager_app USING (customer_id = ANY (ARRAY(SELECT wall_customers())));
CREATE POLICY own ON customer_addresses TO cloudmanager_app USING (customer_id = ANY (ARRAY(SELECT wall_customers())));
CREATE POLICY own ON customer_invitations TO cloudmanager_app USING (customer_id = ANY (ARRAY(SELECT wall_customers())));
GRANT SELECT, INSERT ON customer_documents, customer_status_changes, sealed_files TO cloudmanager_app;
CREATE POLICY own ON customer_documents TO cloudmanager_app USING (shared AND customer_id = ANY (ARRAY(SELECT wall_customers())));
CREATE POLICY own ON customer_status_changes TO cloudmanager_app USING (customer_id = ANY (ARRAY(SELECT wall_customers())));
CREATE POLICY seen ON sealed_files FOR SELECT TO cloudmanager_app
    USING (EXISTS (SELECT FROM customer_documents d WHERE d.file_id = sealed_files.id)
        OR EXISTS (SELECT FROM kyc_documents d WHERE d.file_id = sealed_files.id));
CREATE POLICY kept ON sealed_files FOR INSERT TO cloudmanager_app WITH CHECK (wall_user() IS NOT NULL);

-- Identity.
GRANT SELECT, INSERT, UPDATE ON kyc_cases, kyc_documents TO cloudmanager_app;
GRANT SELECT, INSERT ON kyc_events, kyc_document_views TO cloudmanager_app;
CREATE POLICY own ON kyc_cases TO cloudmanager_app USING (customer_id = ANY (ARRAY(SELECT wall_customers())));
CREATE POLICY own ON kyc_documents TO cloudmanager_app USING (EXISTS (SELECT FROM kyc_cases c WHERE c.id = case_id));
CREATE POLICY own ON kyc_events TO cloudmanager_app USING (EXISTS (SELECT FROM kyc_cases c WHERE c.id = case_id));
CREATE POLICY own ON kyc_document_views TO cloudmanager_app USING (viewer_id = wall_user());
