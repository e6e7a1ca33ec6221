/** Tags as somebody types them, with commas between, in the form in which they are kept; each once. */
export function tagsOf(text: string): string[] {
  const tags = text.split(/[,،;]/).map((tag) => tag.toLowerCase().split(/\s+/).filter(Boolean).join(" "));
  return [...new Set(tags)].filter((tag) => tag !== "");
}
