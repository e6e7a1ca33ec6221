export { CustomerPage } from "./customer-page";
