export { ImportListPage } from "./import-list";
export { ImportPage } from "./import-page";
