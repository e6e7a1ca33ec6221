export { MailListPage } from "./mail-list";
export { MailPage } from "./mail-page";
