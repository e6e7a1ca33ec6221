export { SpamRulesPage } from "./spam-rules";
