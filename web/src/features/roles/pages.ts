export { RoleListPage } from "./role-list";
export { NewRolePage, RolePage } from "./role-form";
