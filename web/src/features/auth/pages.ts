export * from "./ask-link-page";
export * from "./link-pages";
export * from "./register-page";
export * from "./sign-on-pages";
