import { describe, expect, it } from "vitest";
import { linked } from "@/lib/links";

const hrefs = (text: string) => linked(text).flatMap((part) => (typeof part === "string" ? [] : part.href));

describe("addresses in a text", () => {
  it("end where the sentence goes on", () => {
    expect(hrefs("See https://a.dz/x?y=1. (Or http://b.dz/c_(d), «https://e.dz/ف»؟)")).toEqual(["https://a.dz/x?y=1", "http://b.dz/c_(d)", "https://e.dz/ف"]);
    expect(hrefs("write to mailto:ana@example.dz!")).toEqual(["mailto:ana@example.dz"]);
  });

  it("are opened in no other way than they are shown", () => {
    expect(hrefs("javascript:alert(1) data:text/html,x ftp://a.dz file:///etc/passwd www.a.dz mailto:x https:// xhttps://a.dz")).toEqual([]);
    expect(hrefs("https://bank.dz@evil.dz/")).toEqual([]);
    expect(hrefs("https://a.dz/\u202Egnp.exe")).toEqual(["https://a.dz/"]);
  });

  it("lose no letter of the text", () => {
    const text = "a https://a.dz/b), ب https://c.dz\nend http://";
    expect(linked(text).map((part) => (typeof part === "string" ? part : part.text)).join("")).toBe(text);
  });

  it("are found in a long text without delay", () => {
    const began = performance.now();
    linked(`https://a.dz/${")".repeat(20_000)}`);
    linked("https://".repeat(20_000));
    linked(`https://a${")".repeat(2_030)}\n`.repeat(1_000));
    linked(`https://a${".".repeat(2_030)}\n`.repeat(1_000));
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
