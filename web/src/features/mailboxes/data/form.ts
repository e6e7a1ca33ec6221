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
    category_id: z.string(),
    group_id: z.string(),
    enabled: z.boolean(),
    auto_ack: z.boolean(),
    authserv_id: optional,
    spam_filter: z.enum(["none", "spamassassin", "rspamd", "microsoft"]),
    spam_threshold: optional,
    imap_host: optional,
    imap_port: optional,
    imap_tls: z.enum(["tls", "starttls", "none"]),
    imap_username: optional,
    imap_folder: optional,
    imap_password: z.string(),
    start_point: z.enum(["now", "recent", "all"]),
    start_days: optional,
    webhook_secret: z.string(),
    /** A secret is on the server already: an empty field keeps it. */
    keeps_password: z.boolean(),
  })
  .superRefine((form, context) => {
    const points = Number(form.spam_threshold);
    if (!Number.isInteger(points) || points < 1 || points > 100) {
      context.addIssue({ code: "custom", path: ["spam_threshold"], message: "field.out_of_range" });
    }
    if (form.kind !== "imap") return;
    const need = (path: "imap_host" | "imap_username" | "imap_password") => {
      if (form[path] === "") context.addIssue({ code: "custom", path: [path], message: "field.empty" });
    };
    need("imap_host");
    need("imap_username");
    if (!form.keeps_password) need("imap_password");
    const days = Number(form.start_days);
    if (form.start_point === "recent" && (!Number.isInteger(days) || days < 1 || days > 365)) {
      context.addIssue({ code: "custom", path: ["start_days"], message: "field.out_of_range" });
    }
    const port = Number(form.imap_port);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      context.addIssue({ code: "custom", path: ["imap_port"], message: "field.port" });
    }
  });

export type MailboxForm = z.infer<typeof mailboxSchema>;

export function toForm(mailbox?: Mailbox): MailboxForm {
  const imap = mailbox?.imap;
  return {
    name: mailbox?.name ?? "",
    address: mailbox?.address ?? "",
    kind: mailbox?.kind ?? "imap",
    locale: mailbox?.locale ?? "fr",
    category_id: mailbox?.category_id ?? "",
    group_id: mailbox?.group_id ?? "",
    enabled: mailbox?.enabled ?? true,
    auto_ack: mailbox?.auto_ack ?? true,
    authserv_id: mailbox?.authserv_id ?? "",
    spam_filter: mailbox?.spam_filter ?? "none",
    spam_threshold: String(mailbox?.spam_threshold ?? 10),
    imap_host: imap?.host ?? "",
    imap_port: String(imap?.port ?? 993),
    imap_tls: imap?.tls ?? "tls",
    imap_username: imap?.username ?? "",
    imap_folder: imap?.folder ?? "INBOX",
    imap_password: "",
    start_point: "now",
    start_days: "7",
    webhook_secret: "",
    keeps_password: imap != null,
  };
}

/** What the form says, as the server wants it; what stays as it is, is left out. */
export function toInput(form: MailboxForm, creates: boolean): MailboxInput {
  const common: MailboxInput = {
    name: form.name,
    address: form.address,
    locale: form.locale,
    category_id: form.category_id || null,
    group_id: form.group_id || undefined,
    enabled: form.enabled,
    auto_ack: form.auto_ack,
    authserv_id: form.authserv_id || undefined,
    spam_filter: form.spam_filter,
    spam_threshold: Number(form.spam_threshold),
    // Decides about the first connection only.
    start_point: creates ? form.start_point : undefined,
    start_days: creates && form.start_point === "recent" ? Number(form.start_days) : undefined,
  };
  if (form.kind === "webhook") return { ...common, webhook_secret: form.webhook_secret || undefined };
  return {
    ...common,
    imap: {
      host: form.imap_host,
      port: Number(form.imap_port),
      tls: form.imap_tls,
      username: form.imap_username,
      folder: form.imap_folder || undefined,
      password: form.imap_password || undefined,
    },
  };
}
