export { TagListPage } from "./tag-list";
