import { z } from "zod";
import type { Customer, Profile } from "./queries";
import { KINDS } from "./words";

const line = z.string().trim();

/** Fields of a profile that are one line each. */
const LINES = ["first_name", "last_name", "company_name", "legal_form", "email", "phone", "website", "nif", "nis", "rc", "ai", "rib", "nin"] as const;
export type Line = (typeof LINES)[number];

/** The form's own shape: every field is there, empty when it says nothing. What the identifiers look like is the server's to judge. */
export const profileSchema = z
  .object({
    kind: z.enum(KINDS),
    locale: z.enum(["fr", "en", "ar"]),
    first_name: line,
    last_name: line,
    company_name: line,
    legal_form: line,
    email: line.min(1, "field.empty"),
    phone: line,
    website: line,
    nif: line,
    nis: line,
    rc: line,
    ai: line,
    rib: line,
    nin: line,
  })
  .superRefine((form, context) => {
    const needed: Line[] = form.kind === "corporate" ? ["company_name"] : ["first_name", "last_name"];
    for (const name of needed) if (form[name] === "") context.addIssue({ code: "custom", path: [name], message: "field.empty" });
  });
export type ProfileForm = z.infer<typeof profileSchema>;

/** The NIN is never shown, so its field begins empty. */
export function toForm(customer?: Customer): ProfileForm {
  const known = customer as unknown as Record<string, string | null> | undefined;
  const lines = Object.fromEntries(LINES.map((name) => [name, known?.[name] ?? ""])) as Record<Line, string>;
  return { ...lines, kind: (customer?.kind ?? "corporate") as ProfileForm["kind"], locale: (customer?.locale ?? "fr") as ProfileForm["locale"] };
}

/** What the form says. An empty NIN leaves the one that is kept as it is. */
export function toProfile(form: ProfileForm): Profile {
  const filled = LINES.filter((name) => form[name] !== "" && !(name === "nin" && form.kind === "corporate"));
  return { ...Object.fromEntries(filled.map((name) => [name, form[name]])), kind: form.kind, locale: form.locale, email: form.email };
}
