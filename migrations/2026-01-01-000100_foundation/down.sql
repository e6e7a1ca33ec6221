DROP TABLE events, audit_log, suppressions, bounces, outgoing_mails, message_ids, attachments, ticket_events,
    ticket_messages, raw_mails, ticket_participants, tickets, mailboxes, support_groups, idempotency_keys,
    login_failures, refresh_tokens, users, roles;
DROP SEQUENCE ticket_numbers;
DROP FUNCTION refuse_change();
DROP FUNCTION search_text(text);
DROP EXTENSION pg_trgm;
DROP EXTENSION unaccent;
