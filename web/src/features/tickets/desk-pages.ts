export { DeskTicketPage } from "./ticket-page";
