export { AlertsPage } from "./alerts";
export { LoginJournalPage } from "./login-journal";
export { SessionsPage } from "./all-sessions";
export { NetworksPage } from "./networks";
export { TextMessagesPage } from "./texts";
export { TextCostsPage } from "./text-costs";
