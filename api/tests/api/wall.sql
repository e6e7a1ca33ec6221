-- One of everything that can be somebody's, for the person $user who acts for the customer $customer. Lines about $user.
INSERT INTO sessions (id, user_id, session_version, created_at, last_seen_at, idle_expires_at, expires_at)
    VALUES ('$one', '$user', 1, now(), now(), now(), now());
INSERT INTO refresh_tokens (id, session_id, token_hash, issued_at, expires_at) VALUES ('$one', '$one', '$one', now(), now());
INSERT INTO known_devices (id, user_id, device_hash, created_at, last_seen_at) VALUES ('$one', '$user', '$one', now(), now());
INSERT INTO mailed_links (id, user_id, email, purpose, token_hash, locale, created_at, expires_at)
    VALUES ('$one', '$user', '$user@x.test', 'reset', '$one', 'fr', now(), now());
INSERT INTO password_history (user_id, hash, retired_at) VALUES ('$user', 'old', now());
INSERT INTO login_journal (at, email, user_id, outcome, method) VALUES (now(), 'x@x.test', '$user', 'success', 'password');
INSERT INTO login_failures (account, source, failures, last_at) VALUES ('proof:$user', '*', 1, now());
INSERT INTO security_alerts (id, at, kind, severity, user_id) VALUES ('$one', now(), 'x', 'info', '$user');
INSERT INTO totp_factors (user_id, secret, created_at) VALUES ('$user', '$one', now());
INSERT INTO backup_codes (id, user_id, code_hash, created_at) VALUES ('$one', '$user', '$one', now());
INSERT INTO auth_challenges (id, user_id, token_hash, amr, created_at, expires_at) VALUES ('$one', '$user', '$one', '{}', now(), now());
INSERT INTO sms_factors (user_id, phone, confirmed_at) VALUES ('$user', '+213550123456', now());
INSERT INTO sms_codes (id, user_id, purpose, place, phone, code_hash, created_at, expires_at)
    VALUES ('$one', '$user', 'login', '$one', '+213550123456', '', now(), now());
INSERT INTO sms_messages (id, user_id, phone, purpose, network, created_at, expires_at)
    VALUES ('$one', '$user', '+213550123456', 'login', '$one', now(), now());
INSERT INTO passkeys (id, user_id, credential_id, credential, name, transports, backed_up, sign_count, created_at)
    VALUES ('$one', '$user', '$one', '{}', 'x', '{}', false, 0, now());
INSERT INTO passkey_ceremonies (id, token_hash, purpose, user_id, session_id, state, expires_at)
    VALUES ('$one', '$one', 'step_up', '$user', '$one', '{}', now());
INSERT INTO user_identities (id, user_id, issuer, subject, created_at) VALUES ('$one', '$user', 'https://x.test', '$user', now());
INSERT INTO api_tokens (id, user_id, name, prefix, hash, scopes, created_at, expires_at)
    VALUES ('$one', '$user', 'x', '$one', '$one', '{tickets.own}', now(), now());
INSERT INTO saved_views (id, user_id, list, name, query, created_at) VALUES ('$one', '$user', 'customers', 'x', '', now());
INSERT INTO saved_view_arrangements (user_id, list, places, opening) VALUES ('$user', 'customers', '{$one}', '$one');
INSERT INTO notification_settings (user_id, zone, digest_hour, next_digest_at, updated_at) VALUES ('$user', 'UTC', 8, now(), now());
INSERT INTO notification_choices (user_id, topic, channel, delivery) VALUES ('$user', 'rule', 'mail', 'off');
INSERT INTO notifications (id, user_id, topic, event_key, title, path, in_app, in_digest, created_at)
    VALUES ('$one', '$user', 'ticket_answered', 'x', 'x', '/', true, false, now());
INSERT INTO notification_groups (id, name, created_at, updated_at) VALUES ('$one', '$one', now(), now());
INSERT INTO notification_group_members (group_id, user_id) VALUES ('$one', '$user');
INSERT INTO idempotency_keys (actor_id, key, route, body_hash, created_at, locked_until) VALUES ('$user', 'k', '/', '', now(), now());
INSERT INTO events (type, subject_type, subject_id, user_id) VALUES ('x', 'ticket', '$one', '$user');
INSERT INTO audit_log (at, actor_id, actor_kind, action, subject_type, uid, mark) VALUES (now(), '$user', 'user', 'x', 'x', '$one', '');
INSERT INTO jobs (id, kind, queue, payload, max_attempts, actor_id) VALUES ('$one', 'noop', 'maintenance', '{}', 1, '$user');

INSERT INTO customers (id, kind, name, email, source, status_at, created_at, updated_at)
    VALUES ('$customer', 'individual', 'X', 'x@x.test', 'staff', now(), now(), now());
INSERT INTO customer_members (customer_id, user_id, role, added_at) VALUES ('$customer', '$user', 'owner', now());
INSERT INTO customer_projects (id, customer_id, name, created_at, updated_at) VALUES ('$one', '$customer', 'X', now(), now());
INSERT INTO customer_project_members (project_id, customer_id, user_id, added_at) VALUES ('$one', '$customer', '$user', now());
INSERT INTO customer_contacts (id, customer_id, name, purpose, created_at, updated_at)
    VALUES ('$one', '$customer', 'X', 'general', now(), now());
INSERT INTO customer_addresses (id, customer_id, kind, line1, city, created_at, updated_at)
    VALUES ('$one', '$customer', 'billing', '1', 'Oran', now(), now());
INSERT INTO customer_invitations (id, customer_id, email, role, token_hash, secret_id, created_at, sent_at, expires_at)
    VALUES ('$one', '$customer', 'x@x.test', 'viewer', '$one', '$one', now(), now(), now());
INSERT INTO customer_notes (id, customer_id, author_id, body, created_at, updated_at)
    SELECT '$one', '$customer', id, 'for staff', now(), now() FROM users WHERE email = 'agent@cloudmanager.test';
INSERT INTO sealed_files (id, blob, sha256, size, content_type, key_id, wrapped_key, created_at)
    VALUES ('$one', '', '', 1, 'text/plain', 'k', '', now()), ('$two', '', '', 1, 'text/plain', 'k', '', now());
INSERT INTO customer_documents (id, customer_id, file_id, name, category, shared, created_at)
    VALUES ('$one', '$customer', '$one', 'x', 'other', true, now()), ('$two', '$customer', '$two', 'for staff', 'other', false, now());
INSERT INTO customer_status_changes (id, customer_id, from_status, to_status, actor_name, at)
    VALUES ('$one', '$customer', 'pending', 'active', 'x', now());
INSERT INTO customer_imports (id, file_id, name, size, sha256, encoding, delimiter, header, mapping, created_by, created_at) VALUES ('$one', '$two', 'x', 1, '', 'utf-8', ',', '{}', '{}', '$user', now());
INSERT INTO customer_import_rows (import_id, line, outcome, customer_id) VALUES ('$one', 1, 'duplicate', '$customer');
INSERT INTO kyc_cases (id, customer_id, state, created_at, updated_at) VALUES ('$one', '$customer', 'collecting', now(), now());
INSERT INTO kyc_documents (id, case_id, kind, file_id, name, uploaded_by, created_at)
    VALUES ('$one', '$one', 'selfie', '$one', 'x', '$user', now());
INSERT INTO kyc_events (id, case_id, from_state, to_state, actor_name, at) VALUES ('$one', '$one', 'collecting', 'submitted', 'x', now());
INSERT INTO kyc_document_views (id, document_id, case_id, viewer_id, at) VALUES ('$one', '$one', '$one', '$user', now());

INSERT INTO tickets (id, subject, source, requester_user_id, requester_email, requester_name, group_id, customer_id, last_message_at,
    created_at, updated_at) SELECT '$one', 'X', 'client', '$user', 'x@x.test', 'X', id, '$customer', now(), now(), now()
    FROM support_groups LIMIT 1;
INSERT INTO ticket_words (ticket_id, words, public) VALUES ('$one', search_words('one'), search_words('one'));
INSERT INTO ticket_participants (ticket_id, email, role, user_id, added_at) VALUES ('$one', 'x@x.test', 'requester', '$user', now());
INSERT INTO ticket_messages (id, ticket_id, kind, direction, author_user_id, author_name, is_staff, body_text, created_at)
    VALUES ('$one', '$one', 'reply', 'in', '$user', 'X', false, 'x', now()),
           ('$two', '$one', 'note', 'internal', NULL, 'X', true, 'for staff', now());
INSERT INTO message_views (message_id, user_id, at) VALUES ('$one', '$user', now());
INSERT INTO message_picture_sets (message_id, state, asked_at, done_at) VALUES ('$one', 'done', now(), now()), ('$two', 'queued', now(), NULL);
INSERT INTO message_pictures (message_id, position, url, state, reason, at)
    VALUES ('$one', 0, 'https://x.test/a.png', 'refused', 'kind', now()), ('$two', 0, 'https://x.test/for staff.png', 'refused', 'kind', now());
INSERT INTO calendar_feeds (user_id, token_hash, created_at) VALUES ('$user', sha256('$user'::bytea), now());
INSERT INTO ticket_reminders (id, ticket_id, user_id, at, by_mail, created_at) VALUES ('$one', '$one', '$user', now(), false, now());
INSERT INTO ticket_drafts (user_id, ticket_id, kind, body, updated_at) VALUES ('$user', '$one', 'reply', 'x', now());
INSERT INTO ticket_clocks (ticket_id, kind, cycle, status, consumed, started_at) VALUES ('$one', 'resolution', 1, 'running', 0, now());
INSERT INTO ticket_clock_moments (ticket_id, at, happening) VALUES ('$one', now(), '{"what": "customer_message"}');
INSERT INTO ticket_clock_alerts (id, ticket_id, kind, cycle, alert, at, detected_at)
    VALUES ('$one', '$one', 'resolution', 1, 'breach', now(), now());
INSERT INTO ticket_facts (ticket_id, kind, n, at, group_id, agent_id) SELECT '$one', 'entered', 1, now(), id, '$user' FROM support_groups LIMIT 1;
INSERT INTO ticket_surveys (id, ticket_id, cycle, email, group_id, expires_at, created_at)
    SELECT '$one', '$one', 1, 'x@x.test', id, now(), now() FROM support_groups LIMIT 1;
INSERT INTO ticket_events (ticket_id, seq, kind, actor_name, at) VALUES ('$one', 1, 'created', 'X', now());
INSERT INTO attachments (id, message_id, uploader_id, name, content_type, size, sha256, created_at)
    VALUES ('$one', '$one', '$user', 'x', 'text/plain', 1, '', now()), ('$two', NULL, '$user', 'y', 'text/plain', 1, '', now());
INSERT INTO message_ids (message_id, ticket_id, seen_at) VALUES ('$one@x.test', '$one', now());
INSERT INTO raw_mails (id, mailbox_id, sha256, size, received_at, ticket_id)
    SELECT '$one', id, '', 1, now(), '$one' FROM mailboxes LIMIT 1;
INSERT INTO outgoing_mails (id, kind, event_key, recipient, ticket_id, mailbox_id, mail_message_id, subject, body_text, locale,
    created_at, state_at) SELECT '$one', 'reply', '$one', 'x@x.test', '$one', id, '$one', 'x', 'x', 'fr', now(), now()
    FROM mailboxes LIMIT 1;
INSERT INTO bounces (id, address, status, permanent, raw_mail_id, at) VALUES ('$one', 'x@x.test', '5.1.1', true, '$one', now());
INSERT INTO mailbox_tests (id, user_id, steps, state, created_at) VALUES ('$one', '$user', '[]', 'passed', now());
INSERT INTO personal_exports (id, user_id, requested_by, created_at) VALUES ('$one', '$user', '$user', now());
INSERT INTO ticket_prints (id, ticket_id, requested_by, ticket_version, staff, notes, locale, zone, created_at)
    VALUES ('$one', '$one', '$user', 1, false, false, 'fr', 'UTC', now());
INSERT INTO personal_export_parts (export_id, position, file_id) VALUES ('$one', 0, '$one');
INSERT INTO personal_erasures (id, user_id, state, asked_at, due_at, created_at) VALUES ('$one', '$user', 'asked', now(), now(), now());
