-- As they were.

CREATE OR REPLACE FUNCTION wall_customers() RETURNS SETOF uuid LANGUAGE sql STABLE ROWS 20 SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT customer_id FROM customer_members WHERE user_id = wall_user() $$;

CREATE OR REPLACE FUNCTION wall_unclaimed(uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT NOT EXISTS (SELECT FROM customer_members WHERE customer_id = $1)
              AND NOT EXISTS (SELECT FROM customers WHERE id = $1 AND created_by IS DISTINCT FROM wall_user()) $$;

CREATE OR REPLACE FUNCTION wall_colleagues() RETURNS SETOF uuid LANGUAGE sql STABLE ROWS 20 SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT o.user_id FROM customer_members m JOIN customer_members o ON o.customer_id = m.customer_id
          WHERE m.user_id = wall_user() $$;

CREATE OR REPLACE FUNCTION wall_staff_role(uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM roles r CROSS JOIN unnest(r.effective) p WHERE r.id = $1 AND p !~ '[._]own$') $$;

CREATE OR REPLACE FUNCTION wall_tickets() RETURNS SETOF uuid LANGUAGE sql STABLE ROWS 20 SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT ticket_id FROM ticket_participants WHERE user_id = wall_user() AND role <> 'cc_pending' $$;

CREATE OR REPLACE FUNCTION wall_sees_ticket(uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM tickets WHERE id = $1 AND requester_user_id = wall_user())
              OR EXISTS (SELECT FROM ticket_participants
                         WHERE ticket_id = $1 AND user_id = wall_user() AND role <> 'cc_pending') $$;

CREATE OR REPLACE FUNCTION wall_writes_ticket(uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT NOT EXISTS (SELECT FROM tickets WHERE id = $1) OR wall_sees_ticket($1) $$;

CREATE OR REPLACE FUNCTION customer_by_email(text) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT c.id FROM customers c
          WHERE c.email = $1 AND c.deleted_at IS NULL
            AND (current_setting('role') <> 'cloudmanager_app' OR $1 = (SELECT email FROM users WHERE id = wall_user()))
          ORDER BY c.created_at, c.id LIMIT 1 $$;
