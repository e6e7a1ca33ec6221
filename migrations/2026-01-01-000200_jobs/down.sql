DROP TABLE schedules, leaders, queue_minutes, job_workers, queue_switches, jobs;
