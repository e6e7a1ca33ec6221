export { QueuesPage } from "./queues-page";
export { JobListPage } from "./job-list";
export { JobPage } from "./job-page";
export { SchedulesPage } from "./schedules-page";
