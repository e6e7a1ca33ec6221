export { NewCustomerPage, NewOwnCustomerPage } from "./customer-form";
export { CustomerListPage } from "./customer-list";
export { KycQueuePage } from "./kyc-queue";
export { CustomerPage } from "./customer-page";
export { MyAccountPage, MyAccountsPage } from "./my-account";
