export { ProviderListPage } from "./provider-list";
export { NewProviderPage, ProviderPage } from "./provider-form";
