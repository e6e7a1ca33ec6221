/** One fact of a line: a field that changed, or something that was noted. */
export interface Fact {
  field: string;
  from?: string;
  to: string;
}

function text(value: unknown): string {
  if (value === null || value === undefined) return "—";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function isChange(value: unknown): value is { from: unknown; to: unknown } {
  return typeof value === "object" && value !== null && "from" in value && "to" in value;
}

/** What the data of a line says, field by field. */
export function facts(data: unknown): Fact[] {
  if (typeof data !== "object" || data === null) return [];
  return Object.entries(data).map(([field, value]) => (isChange(value) ? { field, from: text(value.from), to: text(value.to) } : { field, to: text(value) }));
}
