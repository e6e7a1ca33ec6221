DROP TRIGGER ticket_facts_added ON ticket_facts;
DROP TRIGGER ticket_facts_changed ON ticket_facts;
DROP TRIGGER ticket_facts_removed ON ticket_facts;
DROP FUNCTION ticket_facts_count();
DROP TABLE ticket_flow_days;
