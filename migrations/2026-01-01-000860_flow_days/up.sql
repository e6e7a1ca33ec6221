-- By how much what is under way grew on each day of UTC: the backlog of a day years ago is taken back day by day, not fact by fact.
CREATE TABLE ticket_flow_days (
    day      date NOT NULL,
    group_id uuid NOT NULL REFERENCES support_groups ON DELETE CASCADE,
    change   bigint NOT NULL,
    PRIMARY KEY (day, group_id)
);
INSERT INTO ticket_flow_days (day, group_id, change)
SELECT (at AT TIME ZONE 'UTC')::date, group_id, sum(CASE kind WHEN 'entered' THEN 1 ELSE -1 END)
FROM ticket_facts WHERE kind IN ('entered', 'left') GROUP BY 1, 2;

-- Whoever writes facts writes the sums, with the same transaction.
CREATE FUNCTION ticket_facts_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO ticket_flow_days AS d (day, group_id, change)
        SELECT (at AT TIME ZONE 'UTC')::date, group_id, -sum(CASE kind WHEN 'entered' THEN 1 ELSE -1 END)
        FROM gone WHERE kind IN ('entered', 'left') GROUP BY 1, 2 ORDER BY 1, 2
        ON CONFLICT (day, group_id) DO UPDATE SET change = d.change + excluded.change;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO ticket_flow_days AS d (day, group_id, change)
        SELECT (at AT TIME ZONE 'UTC')::date, group_id, sum(CASE kind WHEN 'entered' THEN 1 ELSE -1 END)
        FROM fresh WHERE kind IN ('entered', 'left') GROUP BY 1, 2 ORDER BY 1, 2
        ON CONFLICT (day, group_id) DO UPDATE SET change = d.change + excluded.change;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ticket_facts_added AFTER INSERT ON ticket_facts REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ticket_facts_count();
CREATE TRIGGER ticket_facts_changed AFTER UPDATE ON ticket_facts REFERENCING OLD TABLE AS gone NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ticket_facts_count();
CREATE TRIGGER ticket_facts_removed AFTER DELETE ON ticket_facts REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION ticket_facts_count();
