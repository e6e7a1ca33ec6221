/** Words as somebody types them into one line, with commas of either script or semicolons between: each once, without needless blanks. */
export function wordsOf(text: string): string[] {
  const words = text.split(/[,،;\n]/).map((word) => word.split(/\s+/).filter(Boolean).join(" "));
  return [...new Set(words)].filter((word) => word !== "");
}
