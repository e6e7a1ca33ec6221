export { NewCustomerPage } from "./customer-form";
export { CustomerListPage } from "./customer-list";
export { KycQueuePage } from "./kyc-queue";
