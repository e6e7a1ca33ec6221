DELETE FROM outgoing_mails WHERE kind = 'notification' AND event_key LIKE 'ticket_export.%';
WITH gone AS (DELETE FROM ticket_export_parts RETURNING file_id) DELETE FROM sealed_files WHERE id IN (SELECT file_id FROM gone);
DROP TABLE ticket_export_parts, ticket_export_runs, ticket_export_recipients, ticket_exports;
