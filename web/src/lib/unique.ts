/** A random key. `crypto.randomUUID` exists on https and localhost only; a first look at a new server may be plain http. */
export function uniqueKey(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
