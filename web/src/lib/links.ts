/** A part of a text: words, or an address that can be opened. */
export type Part = string | { text: string; href: string };

const ADDRESS = /(?<![\p{L}\p{N}@./-])(?:https?:\/\/|mailto:)[^\s<>"“”«»`\p{Cc}\p{Bidi_Control}]+/giu;
/** Longer ones are nothing that a person follows. */
const LONGEST = 2048;
const END = new Set(".,;:!?'’،؛؟…*_~");
const BRACKETS: Record<string, string> = { ")": "(", "]": "[", "}": "{" };

/** Without what closes the sentence around it rather than the address. Counted once: who wrote the text may mean it to take long. */
function trimmed(found: string): string {
  const count = new Map<string, number>();
  for (const letter of found) count.set(letter, (count.get(letter) ?? 0) + 1);
  const many = (letter: string) => count.get(letter) ?? 0;
  let end = found.length;
  // Only closing brackets and ends of sentences are taken off, so that the number of opening brackets stays.
  for (; end > 0; end -= 1) {
    const last = found.charAt(end - 1);
    const opening = BRACKETS[last];
    if (opening !== undefined && many(last) > many(opening)) count.set(last, many(last) - 1);
    else if (!END.has(last)) break;
  }
  return found.slice(0, end);
}

/** The text in parts. Only what is written out as http, https or mailto leads anywhere, to what is shown and nowhere else. */
export function linked(text: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const shown = found.length > LONGEST ? "" : trimmed(found);
    if (!leads(shown)) continue;
    if (index > from) parts.push(text.slice(from, index));
    parts.push({ text: shown, href: shown });
    from = index + shown.length;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}

function leads(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, pathname } = new URL(text);
  // `https://bank.dz@evil.dz` looks as if it led to the bank.
  return protocol === "mailto:" ? pathname.includes("@") : hostname !== "" && username === "" && password === "";
}
