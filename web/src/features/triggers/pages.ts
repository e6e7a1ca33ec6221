export { TriggerListPage } from "./trigger-list";
export { TriggerPage } from "./trigger-page";
