export { MailboxListPage } from "./mailbox-list";
export { MailboxPage, NewMailboxPage } from "./mailbox-form";
export { SuppressionsPage } from "./suppressions";
