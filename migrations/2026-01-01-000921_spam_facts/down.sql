DROP INDEX tickets_spam_updated;
-- Histories are read again, spam's among them.
INSERT INTO ticket_fact_backfill (before) VALUES ('ffffffff-ffff-ffff-ffff-ffffffffffff')
ON CONFLICT (one) DO UPDATE SET before = excluded.before;
