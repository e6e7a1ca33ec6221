-- The words of mails that were told in codes are not made up again: both are JSON that is only shown.
ALTER TABLE suppressions DROP CONSTRAINT suppressions_reason_check;
UPDATE suppressions SET reason = coalesce(detail, reason);
ALTER TABLE suppressions DROP COLUMN detail;
