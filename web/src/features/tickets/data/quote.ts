/**
 * Splits a message where its quoted history begins. The server counts UTF-8 bytes, strings here count UTF-16 units: in
 * Arabic or French text the two differ from the first letter on.
 */
export function splitQuote(text: string, quotedFrom: number | null): { fresh: string; quoted: string } {
  if (quotedFrom === null || quotedFrom <= 0) return { fresh: text, quoted: "" };
  const bytes = new TextEncoder().encode(text);
  const decoder = new TextDecoder();
  const fresh = decoder.decode(bytes.subarray(0, quotedFrom)).trimEnd();
  const quoted = decoder.decode(bytes.subarray(quotedFrom)).trim();
  // A message that is nothing but quote is shown whole.
  return fresh === "" ? { fresh: text, quoted: "" } : { fresh, quoted };
}
