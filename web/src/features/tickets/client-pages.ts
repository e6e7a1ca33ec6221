export { MyTicketPage } from "./my-ticket";
