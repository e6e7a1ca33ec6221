export { BulkListPage } from "./bulk-list";
export { BulkPage } from "./bulk-page";
