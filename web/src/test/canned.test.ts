import { describe, expect, it } from "vitest";
import type { CannedReplyOffer } from "@/api/types";
import { asked, fitting, usedIn } from "@/features/tickets/data/canned";

const offer = (shortcut: string, title: string, text: string | null = "x"): CannedReplyOffer => ({ id: shortcut, title, shortcut, category: "", locales: ["fr"], filled: { locale: "fr", text, flaws: [] } });

describe("a slash in a reply", () => {
  it("asks at the beginning of a word only", () => {
    expect(asked("/re", 3)).toBe("re");
    expect(asked("Bonjour /كلم", 12)).toBe("كلم");
    expect(asked("a\n/", 3)).toBe("");
    expect(asked("https://x", 9)).toBeNull();
    expect(asked("et/ou", 5)).toBeNull();
    expect(asked("/re set", 7)).toBeNull();
  });

  it("offers shortcuts before titles and nothing that cannot be said", () => {
    const all = [offer("b", "Réinitialiser"), offer("rei", "x"), offer("reset", "y", null)];
    expect(fitting(all, "re").map(({ shortcut }) => shortcut)).toEqual(["rei", "b"]);
    expect(fitting(all, "")).toHaveLength(2);
  });
});

describe("what a reply was made of", () => {
  it("is what a line is left of, once", () => {
    const inserted = [
      { id: "1", text: "Bonjour,\n\nvoici." },
      { id: "1", text: "Bonjour,\n\nvoici." },
      { id: "2", text: "Au revoir" },
      { id: "3", text: "\n" },
    ];
    expect(usedIn("Salut,\n  voici. Bien", inserted)).toEqual(["1"]);
    expect(usedIn("", inserted)).toEqual([]);
  });
});
