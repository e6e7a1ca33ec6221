export { SurveyPage } from "./survey-page";
