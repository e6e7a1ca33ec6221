export { EndpointListPage } from "./endpoint-list";
export { EditEndpointPage, NewEndpointPage } from "./endpoint-form";
export { EndpointPage } from "./endpoint-page";
export { DeliveryPage } from "./delivery-page";
