/** The moment at which a day begins in the reader's time, or the one so many days after it; undefined for what is no day. */
export function beginOf(day: string, after = 0): string | undefined {
  const at = new Date(`${day}T00:00:00`);
  if (Number.isNaN(at.getTime())) return undefined;
  at.setDate(at.getDate() + after);
  return at.toISOString();
}
