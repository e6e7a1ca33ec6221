export { MyTicketsPage } from "./my-tickets";
export { MyTicketPage } from "./my-ticket";
export { NewTicketPage } from "./new-ticket";
