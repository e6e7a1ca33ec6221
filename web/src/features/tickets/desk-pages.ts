export { TicketListPage } from "./ticket-list";
export { DeskTicketPage } from "./ticket-page";
export { NewDeskTicketPage } from "./new-ticket";
