export { ScheduledListPage } from "./scheduled-list";
export { NewScheduledPage, ScheduledPage } from "./scheduled-page";
export { ScheduledRunPage } from "./scheduled-run";
