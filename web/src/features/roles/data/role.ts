import type { TFunction } from "i18next";
import type { Locale, PermissionCategory, Role, Texts } from "@/api/types";

/** Roles of the system have names in every language, others the one they were given. */
export function roleName(t: TFunction, role: { key: string; name?: string | null }): string {
  return role.name ?? t([`role.${role.key}`, "role.other"]);
}

/** The form of a role: what it allows by itself and what it inherits. */
export interface RoleForm {
  key: string;
  name: string;
  description: string;
  permissions: string[];
  parents: string[];
}

export function toForm(role?: Role): RoleForm {
  return {
    key: role?.key ?? "",
    name: role?.name ?? "",
    description: role?.description ?? "",
    permissions: role?.permissions ?? [],
    parents: role?.parents ?? [],
  };
}

/** A text of the catalogue in the language of the page. */
export function inLanguage(texts: Texts, language: string): string {
  return texts[language as Locale] ?? texts.en;
}

/** What the chosen parents bring in, however far up. */
export function inherited(parents: readonly string[], roles: readonly Role[]): Set<string> {
  return new Set(roles.filter((role) => parents.includes(role.id)).flatMap((role) => role.effective));
}

/** Roles that may be chosen as parents: those that do not have this one above them. */
export function possibleParents(id: string | undefined, roles: readonly Role[]): Role[] {
  if (!id) return [...roles];
  const byId = new Map(roles.map((role) => [role.id, role]));
  const leadsTo = (role: Role, seen: Set<string>): boolean =>
    role.id === id ||
    role.parents.some((parent) => {
      const next = byId.get(parent);
      if (!next || seen.has(parent)) return false;
      seen.add(parent);
      return leadsTo(next, seen);
    });
  return roles.filter((role) => !leadsTo(role, new Set()));
}

/** A key for a name in Latin letters; empty when nothing of the name can stand in a key. */
export function keyFor(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 40);
}

/** The categories of which something fits the search. */
export function search(categories: readonly PermissionCategory[], words: string, language: string): PermissionCategory[] {
  const wanted = words.trim().toLowerCase();
  if (!wanted) return [...categories];
  return categories
    .map((category) => ({
      ...category,
      permissions: category.permissions.filter((one) => one.key.includes(wanted) || inLanguage(one.description, language).toLowerCase().includes(wanted)),
    }))
    .filter((category) => category.permissions.length > 0);
}
