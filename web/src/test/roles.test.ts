import { describe, expect, it } from "vitest";
import type { PermissionCategory, Role } from "@/api/types";
import { inherited, keyFor, possibleParents, search } from "@/features/roles/data/role";

function role(id: string, parents: string[], effective: string[] = []): Role {
  return { id, key: id, name: id, description: "", system: false, permissions: [], effective, parents, users: 0, updated_at: "2026-01-01T00:00:00Z", version: 1 };
}

describe("the role editor", () => {
  it("offers no parent that would close a circle", () => {
    const all = [role("a", []), role("b", ["a"]), role("c", ["b"]), role("d", [])];
    expect(possibleParents("a", all).map((one) => one.id)).toEqual(["d"]);
    expect(possibleParents("c", all).map((one) => one.id)).toEqual(["a", "b", "d"]);
    expect(possibleParents(undefined, all)).toHaveLength(4);
  });

  it("shows what the chosen parents bring in", () => {
    const all = [role("a", [], ["tickets.view"]), role("b", [], ["mail.view", "tickets.view"])];
    expect([...inherited(["a", "b"], all)].sort()).toEqual(["mail.view", "tickets.view"]);
    expect(inherited([], all).size).toBe(0);
  });

  it("makes keys that the server takes", () => {
    expect(keyFor("Équipe Réseau 2")).toBe("equipe-reseau-2");
    expect(keyFor("2e niveau")).toBe("e-niveau");
    expect(keyFor("دعم")).toBe("");
    expect(keyFor("x".repeat(60))).toHaveLength(40);
  });

  it("finds permissions by key and by description in the reader's language", () => {
    const category: PermissionCategory = {
      key: "tickets",
      label: { fr: "Tickets", en: "Tickets", ar: "التذاكر" },
      permissions: [
        { key: "tickets.assign", description: { fr: "Affecter les tickets", en: "Assign tickets", ar: "إسناد التذاكر" }, dangerous: false, grantable: true },
        { key: "tickets.reply", description: { fr: "Répondre", en: "Answer", ar: "الرد" }, dangerous: false, grantable: true },
      ],
    };
    expect(search([category], "affecter", "fr")[0]?.permissions).toHaveLength(1);
    expect(search([category], "affecter", "en")).toHaveLength(0);
    expect(search([category], ".reply", "ar")[0]?.permissions[0]?.key).toBe("tickets.reply");
    expect(search([category], " ", "en")).toHaveLength(1);
  });
});
