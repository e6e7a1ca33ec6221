export { MailListPage } from "./mail-list";
export { MailPage } from "./mail-page";
export { OutgoingListPage } from "./outgoing-list";
