export { NewCustomerPage, NewOwnCustomerPage } from "./customer-form";
export { CustomerListPage } from "./customer-list";
export { CustomerPage } from "./customer-page";
export { MyAccountPage, MyAccountsPage } from "./my-account";
