-- One case a customer again. Papers, steps and looks of the others go over to it, the papers as taken out; who looked at what stays on record.
CREATE TEMPORARY TABLE one_case ON COMMIT DROP AS
    SELECT o.id, k.id AS into_case FROM kyc_cases o JOIN kyc_cases k ON k.customer_id = o.customer_id AND k.part = 'current'
    WHERE o.part <> 'current';
UPDATE kyc_documents d SET case_id = m.into_case, deleted_at = coalesce(d.deleted_at, now()) FROM one_case m WHERE d.case_id = m.id;
UPDATE kyc_events e SET case_id = m.into_case FROM one_case m WHERE e.case_id = m.id;
ALTER TABLE kyc_document_views DISABLE TRIGGER kyc_document_views_append_only;
UPDATE kyc_document_views v SET case_id = m.into_case FROM one_case m WHERE v.case_id = m.id;
ALTER TABLE kyc_document_views ENABLE TRIGGER kyc_document_views_append_only;
DELETE FROM kyc_cases WHERE part <> 'current';

DROP INDEX kyc_cases_renews, kyc_cases_customer, kyc_cases_open, kyc_cases_in_force, kyc_cases_renewal, kyc_cases_current;
ALTER TABLE kyc_cases
    DROP CONSTRAINT kyc_cases_part_state,
    DROP CONSTRAINT kyc_cases_closed,
    DROP COLUMN closed_at,
    DROP COLUMN renews,
    DROP COLUMN part,
    DROP CONSTRAINT kyc_cases_state_check,
    ADD CONSTRAINT kyc_cases_state_check CHECK (state IN
        ('collecting', 'submitted', 'in_review', 'approved', 'rejected', 'more_info', 'expired', 'revoked')),
    ADD CONSTRAINT kyc_cases_customer_id_key UNIQUE (customer_id);
