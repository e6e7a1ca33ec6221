export { NewOwnCustomerPage } from "./customer-form";
export { MyAccountPage, MyAccountsPage } from "./my-account";
