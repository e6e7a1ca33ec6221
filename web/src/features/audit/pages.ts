export { AuditPage } from "./audit-page";
export { OwnActivityPage } from "./own-activity-page";
