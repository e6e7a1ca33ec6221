export { onKeyDown } from "./edit";
export { WritingTools } from "./writing-tools";
