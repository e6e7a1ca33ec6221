/**
 * Splits a message where its quoted history begins. The server counts characters (Unicode scalar values), strings here
 * count UTF-16 units: an emoji before the quote would shift the cut.
 */
export function splitQuote(text: string, quotedFrom: number | null): { fresh: string; quoted: string } {
  if (quotedFrom === null || quotedFrom <= 0) return { fresh: text, quoted: "" };
  const letters = [...text];
  const fresh = letters.slice(0, quotedFrom).join("").trimEnd();
  const quoted = letters.slice(quotedFrom).join("").trim();
  // A message that is nothing but quote is shown whole.
  return fresh === "" ? { fresh: text, quoted: "" } : { fresh, quoted };
}
