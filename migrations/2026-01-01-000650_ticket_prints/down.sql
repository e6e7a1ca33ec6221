DROP POLICY seen ON sealed_files;
CREATE POLICY seen ON sealed_files FOR SELECT TO cloudmanager_app
    USING (EXISTS (SELECT FROM customer_documents d WHERE d.file_id = sealed_files.id)
        OR EXISTS (SELECT FROM kyc_documents d WHERE d.file_id = sealed_files.id)
        OR EXISTS (SELECT FROM personal_export_parts p WHERE p.file_id = sealed_files.id));
WITH gone AS (DELETE FROM ticket_prints RETURNING file_id) DELETE FROM sealed_files WHERE id IN (SELECT file_id FROM gone);
DROP TABLE ticket_prints;
