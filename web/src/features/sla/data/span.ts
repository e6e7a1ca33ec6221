/** The longest promise: a year. */
export const LONGEST = 8784 * 3600;

/** Seconds of a length written as hours and minutes: `0:20`, `8`, `8:30`, `1,5`; null when it is none. */
export function readSpan(text: string): number | null {
  const found = /^(\d{1,4})(?::([0-5]\d)(?::([0-5]\d))?|[.,](\d{1,4}))?$/.exec(text.trim());
  if (!found) return null;
  const [, hours, minutes = "0", seconds = "0", part = "0"] = found;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) + Math.round(Number(`0.${part}`) * 3600);
}

/** A length as [`readSpan`] reads it, to the second. */
export function writeSpan(span: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const minutes = `${Math.floor(span / 3600)}:${two(Math.floor(span / 60) % 60)}`;
  return span % 60 === 0 ? minutes : `${minutes}:${two(span % 60)}`;
}
