export { PersonalDataPage } from "./personal-data-page";
export { OwnDataPage } from "./own-data-page";
