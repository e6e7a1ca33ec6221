export { TemplateListPage } from "./template-list";
export { TemplatePage } from "./template-page";
