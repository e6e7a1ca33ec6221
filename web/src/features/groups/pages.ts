export { GroupListPage } from "./group-list";
export { GroupPage } from "./group-page";
