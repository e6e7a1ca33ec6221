/** A part of a text: words, or an address that can be opened. */
export type Part = string | { text: string; href: string };

const ADDRESS = /(?<![\p{L}\p{N}@./-])(?:https?:\/\/|mailto:)[^\s<>"“”«»`\p{Cc}\p{Bidi_Control}]+/giu;
/** Longer ones are nothing that a person follows. */
const LONGEST = 2048;
const END = /[.,;:!?'’،؛؟…*_~]$/u;
const BRACKETS: Record<string, string> = { ")": "(", "]": "[", "}": "{" };

const count = (text: string, letter: string) => text.split(letter).length - 1;

/** Without what closes the sentence around it rather than the address. */
function trimmed(found: string): string {
  for (let text = found; ; text = text.slice(0, -1)) {
    const last = text.at(-1) ?? "";
    const opening = BRACKETS[last];
    if (!END.test(text) && !(opening !== undefined && count(text, last) > count(text, opening))) return text;
  }
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
