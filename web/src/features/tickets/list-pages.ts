export { TicketListPage } from "./ticket-list";
