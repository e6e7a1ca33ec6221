export { RuleListPage } from "./rule-list";
export { NewRulePage, RulePage } from "./rule-page";
