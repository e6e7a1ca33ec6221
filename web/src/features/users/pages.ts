export { UserListPage } from "./user-list";
export { UserPage } from "./user-page";
export { InvitePage } from "./invite-page";
