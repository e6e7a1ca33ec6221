export { NewTokenPage } from "./new-token";
export { OwnSecurityPage } from "./own-security";
