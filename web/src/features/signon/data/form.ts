import { z } from "zod";
import type { ProviderInput, ProviderSettings, SignOnPreset } from "@/api/types";

export const PRESETS = ["google", "workos", "custom"] as const satisfies readonly SignOnPreset[];

export const providerSchema = z.object({
  preset: z.enum(PRESETS),
  slug: z.string().regex(/^[a-z][a-z0-9-]{1,39}$/, "field.invalid_slug"),
  name: z.string().trim().min(1, "field.empty").max(60, "field.too_long"),
  issuer: z
    .string()
    .trim()
    .regex(/^https?:\/\/[^\s?#]+$/, "field.invalid_issuer"),
  client_id: z.string().trim().min(1, "field.empty"),
  client_secret: z.string(),
  scopes: z.string(),
  allowed_domains: z.string(),
  enabled: z.boolean(),
  registration: z.boolean(),
  for_staff: z.boolean(),
  trust_email: z.boolean(),
  trust_mfa: z.boolean(),
});

export type ProviderForm = z.infer<typeof providerSchema>;

/** What is known of a provider before anybody has typed anything. */
export const BEGINS: Record<SignOnPreset, Pick<ProviderForm, "slug" | "name" | "issuer">> = {
  google: { slug: "google", name: "Google", issuer: "https://accounts.google.com" },
  workos: { slug: "workos", name: "WorkOS", issuer: "" },
  custom: { slug: "", name: "", issuer: "" },
};

export function toForm(provider?: ProviderSettings): ProviderForm {
  return {
    preset: provider?.preset ?? "google",
    slug: provider?.slug ?? BEGINS.google.slug,
    name: provider?.name ?? BEGINS.google.name,
    issuer: provider?.issuer ?? BEGINS.google.issuer,
    client_id: provider?.client_id ?? "",
    client_secret: "",
    scopes: (provider?.scopes ?? ["openid", "profile", "email"]).join(" "),
    allowed_domains: (provider?.allowed_domains ?? []).join(" "),
    enabled: provider?.enabled ?? false,
    registration: provider?.registration ?? false,
    for_staff: provider?.for_staff ?? false,
    trust_email: provider?.trust_email ?? true,
    trust_mfa: provider?.trust_mfa ?? false,
  };
}

const words = (text: string) => text.split(/[\s,]+/).filter(Boolean);

/** What the form says, as the server wants it; an empty secret keeps the one there is. */
export function toInput({ preset, slug, scopes, allowed_domains, client_secret, ...rest }: ProviderForm, creates: boolean): ProviderInput {
  return {
    ...rest,
    ...(creates ? { preset, slug } : {}),
    scopes: words(scopes),
    allowed_domains: words(allowed_domains),
    client_secret: client_secret || undefined,
  };
}
