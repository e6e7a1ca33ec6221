-- What a group has under way, without looking at what others have: its figures, and what is left in a retired one.
CREATE INDEX tickets_group_under_way ON tickets (group_id, assignee_id) INCLUDE (sla_breached)
    WHERE deleted_at IS NULL AND state NOT IN ('resolved', 'closed');
-- The newest tickets of a group: how fast it answers is read off them.
CREATE INDEX tickets_group ON tickets (group_id, id) WHERE deleted_at IS NULL;
