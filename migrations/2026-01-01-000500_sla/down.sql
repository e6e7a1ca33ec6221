DROP TABLE sla_rebinds, ticket_clock_alerts, ticket_clock_moments, ticket_clocks;
ALTER TABLE tickets DROP COLUMN sla_version_id, DROP COLUMN sla_due_at, DROP COLUMN sla_breached;
DROP TABLE sla_policy_versions, sla_policies, sla_calendar_versions, sla_calendars, sla_book;
