/** What a field holds, and what of it is selected. */
export interface Field {
  text: string;
  from: number;
  to: number;
}

/** What comes into the place of a part of a field, and what is selected then. */
export interface Edit {
  from: number;
  to: number;
  put: string;
  select: [number, number];
}

/** What a line may begin with: quotes, and the sign of an item of a list. */
const BEGINNING = /^\s*(?:>\s?)*(?:(?:[-*+]|\d{1,9}[.)])\s+)?/;
const ADDRESS = /^(?:https?:\/\/|mailto:)\S+$/i;
const WORD = /[\p{L}\p{N}]/u;

/** The selection without the blanks at its ends: signs that format stand right beside a word. */
function words({ text, from, to }: Field): [number, number] {
  const chosen = text.slice(from, to);
  if (chosen.trim() === "") return [from, to];
  return [from + chosen.length - chosen.trimStart().length, to - (chosen.length - chosen.trimEnd().length)];
}

/** Puts signs around what is selected, around each line of it, or takes them away where they are. */
function around(field: Field, sign: string): Edit {
  const [from, to] = words(field);
  const chosen = field.text.slice(from, to);
  const { length } = sign;
  if (field.text.slice(from - length, from) === sign && field.text.slice(to, to + length) === sign && from >= length) {
    return { from: from - length, to: to + length, put: chosen, select: [from - length, to - length] };
  }
  if (chosen.length > 2 * length && chosen.startsWith(sign) && chosen.endsWith(sign) && !chosen.includes("\n")) {
    const put = chosen.slice(length, -length);
    return { from, to, put, select: [from, from + put.length] };
  }
  if (chosen.includes("\n")) {
    const line = (each: string) => {
      const [begin] = BEGINNING.exec(each)!;
      const said = each.slice(begin.length).trimEnd();
      return said === "" ? each : begin + sign + said + sign;
    };
    const put = chosen.split("\n").map(line).join("\n");
    return { from, to, put, select: [from, from + put.length] };
  }
  return { from, to, put: sign + chosen + sign, select: [from + length, to + length] };
}

export const bold = (field: Field): Edit => around(field, "**");

/** Within a word an underscore is a letter. */
export function italic(field: Field): Edit {
  const [from, to] = words(field);
  const within = WORD.test(field.text.charAt(from - 1)) || WORD.test(field.text.charAt(to));
  return around(field, within ? "*" : "_");
}

/** Words become the name of a link, an address the place where one leads; what is missing is typed next. */
export function link(field: Field): Edit {
  const [from, to] = words(field);
  const chosen = field.text.slice(from, to);
  if (chosen === "" || ADDRESS.test(chosen)) {
    return { from, to, put: `[](${chosen || "https://"})`, select: [from + 1, from + 1] };
  }
  const address = from + chosen.length + 3;
  return { from, to, put: `[${chosen}](https://)`, select: [address, address + "https://".length] };
}

/** What a machine says: within a line between backticks, several lines as a block. */
export function code(field: Field): Edit {
  const chosen = field.text.slice(field.from, field.to);
  if (!chosen.includes("\n")) return around(field, "`");
  const [from, to] = [startOf(field.text, field.from), field.to];
  const body = field.text.slice(from, to).replace(/\n$/, "");
  // Longer than any run of backticks in it.
  const longest = Math.max(2, ...[...body.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const next = field.text.charAt(to);
  const after = field.text.charAt(to - 1) === "\n" || (next !== "" && next !== "\n") ? "\n" : "";
  const put = `${fence}\n${body}\n${fence}${after}`;
  return { from, to, put, select: [from + fence.length + 1, from + fence.length + 1 + body.length] };
}

const startOf = (text: string, at: number) => (at === 0 ? 0 : text.lastIndexOf("\n", at - 1) + 1);
const endOf = (text: string, at: number) => (text.includes("\n", at) ? text.indexOf("\n", at) : text.length);

export type LineKind = "bullets" | "numbers" | "quote";
const MARKED: Record<LineKind, RegExp> = { bullets: /^\s*[-*+]\s+/, numbers: /^\s*\d{1,9}[.)]\s+/, quote: /^>\s?/ };

/** Makes the lines that are touched a list or a quote, or takes that away from them. */
export function lines({ text, from, to }: Field, kind: LineKind): Edit {
  const begin = startOf(text, from);
  // A selection that ends with a line does not touch the next one.
  const end = endOf(text, to > from && text.charAt(to - 1) === "\n" ? to - 1 : to);
  const all = text.slice(begin, end).split("\n");
  const said = all.filter((line) => line.trim() !== "");
  const off = said.length > 0 && said.every((line) => MARKED[kind].test(line));
  let number = 0;
  const made = all.map((line) => {
    if (off) return line.replace(MARKED[kind], "");
    if (kind === "quote") return `> ${line}`.trimEnd() + (all.length === 1 && line === "" ? " " : "");
    if (line.trim() === "" && all.length > 1) return line;
    number += 1;
    const bare = line.replace(MARKED.bullets, "").replace(MARKED.numbers, "");
    return (kind === "bullets" ? "- " : `${number}. `) + bare;
  });
  const put = made.join("\n");
  // What follows right below would go on with the last item.
  const below = text.slice(end + 1, endOf(text, end + 1));
  const apart = !off && end < text.length && below.trim() !== "" && BEGINNING.exec(below)![0].trim() === "" ? "\n" : "";
  const caret = Math.max(begin, begin + put.length - (end - from));
  return { from: begin, to: end, put: put + apart, select: from === to ? [caret, caret] : [begin, begin + put.length] };
}

/** What Enter does within a list or a quote: the next item begins, and an empty one ends the list. Nothing of its own elsewhere. */
export function onEnter({ text, from, to }: Field): Edit | null {
  if (from !== to) return null;
  const begin = startOf(text, from);
  const line = text.slice(begin, from);
  const found = /^(\s*(?:>\s?)*)(?:([-*+])|(\d{1,9})([.)]))?(\s*)/.exec(line)!;
  const [whole, outer = "", bullet, number, after, blank = ""] = found;
  const item = (bullet ?? number) !== undefined && blank !== "";
  const quote = outer.includes(">");
  if (!item && !quote) return null;
  // Between fences it is text.
  const fences = text.slice(0, begin).match(/^\s*```/gm)?.length ?? 0;
  if (fences % 2 === 1) return null;
  const sign = item ? (bullet ?? `${Number(number) + 1}${after}`) + blank : "";
  const rest = line.slice(item ? whole.length : outer.length) + text.slice(from, endOf(text, from));
  if (rest.trim() === "") {
    // First out of the list, then out of the quote, each time below an empty line: what stood right below would still belong to it.
    const put = item && quote ? `${outer.trimEnd()}\n${outer}` : "\n";
    return { from: begin, to: from, put, select: [begin + put.length, begin + put.length] };
  }
  const put = `\n${outer}${sign}`;
  return { from, to: from, put, select: [from + put.length, from + put.length] };
}
