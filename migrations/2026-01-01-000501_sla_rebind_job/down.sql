UPDATE sla_rebinds SET state = 'done' WHERE state = 'failed';
DROP INDEX sla_rebinds_one;
CREATE UNIQUE INDEX sla_rebinds_one ON sla_rebinds ((true)) WHERE state <> 'done';
ALTER TABLE sla_rebinds DROP CONSTRAINT sla_rebinds_state_check;
ALTER TABLE sla_rebinds ADD CHECK (state IN ('queued', 'running', 'done'));
ALTER TABLE sla_rebinds DROP COLUMN job_id;
