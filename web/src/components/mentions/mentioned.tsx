import { Fragment } from "react";

export interface Person {
  id: string;
  name: string;
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Text in parts: each mention of one of these people is one of them. The longest name wins, so Ana Maria is not taken for Ana. */
export function parts<P extends Person>(text: string, people: readonly P[]): (string | P)[] {
  const byName = new Map([...people].filter(({ name }) => name !== "").map((person) => [person.name, person]));
  const names = [...byName.keys()].sort((a, b) => b.length - a.length);
  if (names.length === 0) return [text];
  const pattern = new RegExp(`@(${names.map(escaped).join("|")})(?![\\p{L}\\p{N}])`, "gu");
  const found: (string | P)[] = [];
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > from) found.push(text.slice(from, match.index));
    found.push(byName.get(match[1]!)!);
    from = match.index + match[0].length;
  }
  if (from < text.length) found.push(text.slice(from));
  return found;
}

/** Who is mentioned in a text. */
export function mentionedIn(text: string, people: readonly Person[]): string[] {
  return [...new Set(parts(text, people).flatMap((part) => (typeof part === "string" ? [] : part.id)))];
}

/** A text in which the people it mentions stand out. */
export function Mentioned({ text, people, me }: { text: string; people: readonly Person[]; /** Stands out the most. */ me?: string }) {
  return parts(text, people).map((part, at) => (
    <Fragment key={at}>
      {typeof part === "string" ? (
        part
      ) : (
        <mark data-mention={part.id} className={part.id === me ? "rounded bg-note px-0.5 font-medium text-foreground" : "rounded bg-accent px-0.5 font-medium text-accent-foreground"}>
          <bdi>@{part.name}</bdi>
        </mark>
      )}
    </Fragment>
  ));
}
