DELETE FROM event_cursors WHERE consumer = 'statistics';
DROP TABLE ticket_fact_backfill, ticket_facts;
