export { KycPolicyPage } from "./policy-page";
