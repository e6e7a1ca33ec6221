const STRONG = { ltr: /\p{Script=Latin}/u, rtl: /[\p{Script=Arabic}\p{Script=Hebrew}]/u };

/** A name for the middle of a sentence. In a script of the other direction it is set apart, or it would turn what stands beside it round. */
export function isolated(name: string, direction: "ltr" | "rtl"): string {
  return STRONG[direction === "rtl" ? "ltr" : "rtl"].test(name) ? `\u2068${name}\u2069` : name;
}
