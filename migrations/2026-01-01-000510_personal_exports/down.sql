DROP POLICY seen ON sealed_files;
CREATE POLICY seen ON sealed_files FOR SELECT TO cloudmanager_app
    USING (EXISTS (SELECT FROM customer_documents d WHERE d.file_id = sealed_files.id)
        OR EXISTS (SELECT FROM kyc_documents d WHERE d.file_id = sealed_files.id));
DROP TRIGGER sealed_files_doomed ON sealed_files;
DROP FUNCTION doom_blob();
DROP TABLE doomed_blobs, personal_export_parts, personal_exports;
