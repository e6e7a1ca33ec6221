export { MyTicketsPage } from "./my-tickets";
