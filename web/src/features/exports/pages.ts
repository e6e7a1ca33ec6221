export { ScheduledListPage } from "./list";
export { NewScheduledPage, ScheduledPage } from "./page";
export { ScheduledRunPage } from "./run";
