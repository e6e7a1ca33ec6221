export { TemplateListPage } from "./template-list";
export { TemplatePage } from "./template-page";
export { CustomTemplateListPage } from "./custom-list";
export { CustomTemplatePage, NewCustomTemplatePage } from "./custom-page";
