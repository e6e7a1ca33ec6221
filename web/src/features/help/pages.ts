export { HelpHomePage } from "./help-home";
export { HelpSectionPage } from "./help-section";
export { HelpArticlePage } from "./help-article";
