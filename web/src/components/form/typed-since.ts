import type { FieldValues, UseFormReturn } from "react-hook-form";

/** What a form holds, and what it began with. */
interface Held {
  values: unknown;
  begun: unknown;
}

export function heldBy<V extends FieldValues>(form: UseFormReturn<V>): Held {
  // Copies: the form goes on with its own.
  return structuredClone({ values: form.getValues(), begun: form.control._defaultValues });
}

/** The fields in which somebody has typed since then. What the record itself says by now has been typed by nobody. */
export function typedSince<V extends FieldValues>(form: UseFormReturn<V>, then: Held): string[] {
  const now = heldBy(form);
  const moved = differing(then.begun, now.begun);
  const own = differing(now.begun, now.values);
  return differing(then.values, now.values).filter((name) => !moved.includes(name) || own.includes(name));
}

/** The names of the fields that say something else; a list is one field. */
export function differing(one: unknown, other: unknown, name = ""): string[] {
  if (Object.is(one, other)) return [];
  if (!isGroup(one) || !isGroup(other)) return JSON.stringify(one) === JSON.stringify(other) ? [] : [name];
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].flatMap((key) => differing(one[key], other[key], name === "" ? key : `${name}.${key}`));
}

const isGroup = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
