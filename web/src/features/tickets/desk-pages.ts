export { DeskTicketPage } from "./ticket-page";
export { NewDeskTicketPage } from "./new-ticket";
