DROP TABLE kyc_document_views, kyc_events, kyc_documents, kyc_cases;
ALTER TABLE customers DROP COLUMN kyc_state;
