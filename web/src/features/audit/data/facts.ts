/** One fact of a line: a field that changed, or something that was noted. */
export interface Fact {
  field: string;
  from?: unknown;
  to: unknown;
}

function isChange(value: unknown): value is { from: unknown; to: unknown } {
  return typeof value === "object" && value !== null && "from" in value && "to" in value;
}

/** What the data of a line says, field by field. Where one thing alone changed, the line itself is the change. */
export function facts(data: unknown): Fact[] {
  if (typeof data !== "object" || data === null) return [];
  if (isChange(data)) {
    const { from, to, ...rest } = data as Record<string, unknown>;
    return [{ field: "value", from, to }, ...facts(rest)];
  }
  return Object.entries(data)
    .filter(([, value]) => value !== null)
    .map(([field, value]) => (isChange(value) ? { field, from: value.from, to: value.to } : { field, to: value }));
}
