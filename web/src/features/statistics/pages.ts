export { CountedPage } from "./counted-page";
export { StatisticsPage } from "./statistics-page";
