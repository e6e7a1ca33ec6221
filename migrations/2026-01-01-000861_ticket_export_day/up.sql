-- A day that no week or month has would be one on which nothing is ever made.
ALTER TABLE ticket_exports ADD CONSTRAINT ticket_exports_day CHECK (
    CASE every WHEN 'week' THEN day BETWEEN 1 AND 7 WHEN 'month' THEN day BETWEEN 1 AND 31 ELSE day IS NULL END
);
