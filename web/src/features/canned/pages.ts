export { CannedListPage } from "./canned-list";
export { CannedPage, NewCannedPage } from "./canned-page";
