export { MyTicketPage } from "./my-ticket";
export { NewTicketPage } from "./new-ticket";
