import { z } from "zod";
import type { Mailbox, MailboxInput } from "@/api/types";

const optional = z.string().trim();

/** The form's own shape: every field is there, empty when it says nothing. */
export const mailboxSchema = z
  .object({
    name: z.string().trim().min(1, "field.empty").max(120, "field.too_long"),
    address: z.email("field.not_an_address"),
    kind: z.enum(["imap", "webhook"]),
    locale: z.enum(["fr", "en", "ar"]),
    enabled: z.boolean(),
    auto_ack: z.boolean(),
    authserv_id: optional,
    imap_host: optional,
    imap_port: optional,
    imap_tls: z.enum(["tls", "starttls", "none"]),
    imap_username: optional,
    imap_folder: optional,
    imap_password: z.string(),
    start_point: z.enum(["now", "all"]),
    webhook_secret: z.string(),
    /** A secret is on the server already: an empty field keeps it. */
    keeps_password: z.boolean(),
  })
  .superRefine((form, context) => {
    if (form.kind !== "imap") return;
    const need = (path: "imap_host" | "imap_username" | "imap_password") => {
      if (form[path] === "") context.addIssue({ code: "custom", path: [path], message: "field.empty" });
    };
    need("imap_host");
    need("imap_username");
    if (!form.keeps_password) need("imap_password");
    const port = Number(form.imap_port);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      context.addIssue({ code: "custom", path: ["imap_port"], message: "field.port" });
    }
  });

export type MailboxForm = z.infer<typeof mailboxSchema>;

export function toForm(mailbox?: Mailbox): MailboxForm {
  return {
    name: mailbox?.name ?? "",
    address: mailbox?.address ?? "",
    kind: mailbox?.kind ?? "imap",
    locale: mailbox?.locale ?? "fr",
    enabled: mailbox?.enabled ?? true,
    auto_ack: mailbox?.auto_ack ?? true,
    authserv_id: mailbox?.authserv_id ?? "",
    imap_host: mailbox?.imap_host ?? "",
    imap_port: String(mailbox?.imap_port ?? 993),
    imap_tls: mailbox?.imap_tls ?? "tls",
    imap_username: mailbox?.imap_username ?? "",
    imap_folder: mailbox?.imap_folder ?? "INBOX",
    imap_password: "",
    start_point: mailbox?.start_point ?? "now",
    webhook_secret: "",
    keeps_password: mailbox?.has_imap_secret ?? false,
  };
}

export function toInput(form: MailboxForm): MailboxInput {
  const common = {
    name: form.name,
    address: form.address,
    kind: form.kind,
    locale: form.locale,
    enabled: form.enabled,
    auto_ack: form.auto_ack,
    authserv_id: form.authserv_id || null,
    start_point: form.start_point,
  };
  if (form.kind === "webhook") return { ...common, webhook_secret: form.webhook_secret || undefined };
  return {
    ...common,
    imap_host: form.imap_host,
    imap_port: Number(form.imap_port),
    imap_tls: form.imap_tls,
    imap_username: form.imap_username,
    imap_folder: form.imap_folder || "INBOX",
    imap_password: form.imap_password || undefined,
  };
}
