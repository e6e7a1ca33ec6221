/** Tags as somebody types them: with commas between, in any of the scripts' forms. */
export function tagsOf(text: string): string[] {
  return text
    .split(/[,،;]/)
    .map((tag) => tag.trim())
    .filter((tag) => tag !== "");
}
