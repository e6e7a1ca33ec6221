ALTER TABLE tickets DROP COLUMN customer_id;
DROP TABLE saved_views, customer_import_rows, customer_imports, customer_documents, sealed_files, customer_notes,
    customer_invitations, customer_members, customer_addresses, customer_contacts, customer_status_changes, customers;
DROP SEQUENCE customer_numbers;
DROP FUNCTION fold_text;
