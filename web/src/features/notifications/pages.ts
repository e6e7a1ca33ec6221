export { GroupsPage } from "./groups-page";
export { NotificationsPage } from "./notifications-page";
export { SettingsPage } from "./settings-page";
