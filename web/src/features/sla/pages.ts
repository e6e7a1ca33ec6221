export { CalendarPage, NewCalendarPage } from "./calendar-page";
export { NewPolicyPage, PolicyPage } from "./policy-page";
export { ServiceLevelsPage } from "./service-levels";
