import { describe, expect, it } from "vitest";
import { bytes, dateTime, duration, exact, percent, relative, span } from "@/lib/format";

const AT = "2026-11-21T13:05:00Z";

describe("formatters", () => {
  it("show Algiers time on a 24 hour clock in every language", () => {
    for (const locale of ["fr", "en", "ar"] as const) {
      expect(dateTime(locale, AT), locale).toContain("14:05");
      expect(exact(locale, AT), locale).toContain("14:05:00");
    }
  });

  it("tell how long ago, and the date after a week", () => {
    const now = Date.parse(AT);
    const expected = new Intl.RelativeTimeFormat("fr-DZ", { numeric: "auto", style: "short" }).format(-5, "minute");
    expect(relative("fr", "2026-11-21T13:00:00Z", now)).toBe(expected);
    expect(relative("en", "2026-10-01T13:00:00Z", now)).toContain("2026");
  });

  it("choose the unit that fits", () => {
    expect(duration("en", 1.4)).toBe("1.4 ms");
    expect(duration("en", 90_000)).toMatch(/1.5\smin/);
    expect(bytes("en", 999)).toContain("999");
    expect(bytes("en", 184_320)).toMatch(/184\skB/);
    expect(percent("en", 0.083)).toBe("8.3%");
  });
});

it("a span shorter than a minute is none", () => {
  expect(span("en", 0)).toBe("0 mins");
  expect(span("fr", 59_000)).toMatch(/^0\smin$/);
  expect(span("en", 180_000)).toBe(duration("en", 180_000));
});
