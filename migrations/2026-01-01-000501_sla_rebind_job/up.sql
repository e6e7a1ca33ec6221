-- Which job binds tickets anew: one whose job is over without having ended it is given up, and does not bar the next.
ALTER TABLE sla_rebinds ADD COLUMN job_id uuid;
ALTER TABLE sla_rebinds DROP CONSTRAINT sla_rebinds_state_check;
ALTER TABLE sla_rebinds ADD CHECK (state IN ('queued', 'running', 'done', 'failed'));
DROP INDEX sla_rebinds_one;
CREATE UNIQUE INDEX sla_rebinds_one ON sla_rebinds ((true)) WHERE state IN ('queued', 'running');
