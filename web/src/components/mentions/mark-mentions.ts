import { parts, type Person } from "./mentioned";

/**
 * Makes the mentions of these people stand out in a document that is shown already. It is done with nodes and never with HTML: what somebody is
 * called, or wrote, stays text. Once it is done, doing it again changes nothing.
 */
export function markMentions(shown: Document, people: readonly Person[], me?: string): void {
  if (people.length === 0) return;
  const walker = shown.createTreeWalker(shown.body, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node as Text;
    if (text.data.includes("@") && !text.parentElement?.closest("mark[data-mention]")) texts.push(text);
  }
  for (const text of texts) {
    const found = parts(text.data, people);
    if (found.every((part) => typeof part === "string")) continue;
    text.replaceWith(
      ...found.map((part) => {
        if (typeof part === "string") return shown.createTextNode(part);
        const mark = shown.createElement("mark");
        mark.dataset.mention = part.id;
        if (part.id === me) mark.dataset.me = "";
        const name = shown.createElement("bdi");
        name.textContent = `@${part.name}`;
        mark.append(name);
        return mark;
      }),
    );
  }
}
