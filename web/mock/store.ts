import type { LiveEvent } from "../src/live/sse";
import type { Me, Ticket, TicketState, TimelineItem } from "../src/api/types";

export const people: Record<string, Me> = {
  admin: person("admin", "Nadia Benali", ["tickets.view", "tickets.create", "tickets.reply", "tickets.edit", "tickets.assign", "tickets.close", "mail.view", "mail.manage", "mailboxes.view", "mailboxes.edit", "jobs.view", "jobs.manage"], ["corporate", "admin"]),
  agent: person("agent", "Karim Haddad", ["tickets.view", "tickets.create", "tickets.reply", "tickets.edit", "tickets.assign", "tickets.close", "mail.view", "mail.manage"], ["corporate"]),
  client: person("client", "Amine Cherif", ["tickets.own"], ["client"]),
};

function person(role: "admin" | "agent" | "client", name: string, permissions: string[], dashboards: Me["dashboards"]): Me {
  return { id: uuid(role.charCodeAt(1)), email: `${role}@cloudmanager.test`, name, locale: "fr", role: role === "agent" ? "corporate" : role, permissions, dashboards, version: 1 };
}

export function uuid(n: number): string {
  return `01930000-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;
}

export const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

const SUBJECTS = [
  "Serveur inaccessible depuis ce matin",
  "Facture FAC-2026-0142 : montant incorrect",
  "لا أستطيع الدخول إلى لوحة التحكم",
  "Besoin d’un deuxième disque sur srv-alg-03",
  "Certificate for shop.example.dz expires tomorrow",
  "Sauvegardes en échec depuis trois jours",
  "Transfert de domaine bloqué",
  "طلب عرض سعر لخمسة خوادم",
  "Latence élevée vers Oran",
  "Question sur le renouvellement automatique",
];
const PEOPLE = ["Amine Cherif", "Lina Mansouri", "Yacine Bouzid", "سارة بن علي", "Omar Saidi"];
const STATES: TicketState[] = ["open", "open", "in_progress", "waiting_for_response", "answered", "on_hold", "resolved", "closed"];

export const tickets: Ticket[] = Array.from({ length: 34 }, (_, index) => ticket(index));
export const timelines = new Map<string, TimelineItem[]>(tickets.map((each) => [each.id, history(each)]));

export function ticket(index: number, subject = SUBJECTS[index % SUBJECTS.length]!): Ticket {
  const state = STATES[index % STATES.length]!;
  const assigned = index % 3 !== 0;
  const transitions: [TicketState, string[], string | null][] = [
    ["in_progress", [], null],
    ["answered", ["reply"], null],
    ["waiting_for_response", ["reply"], null],
    ["on_hold", ["reason"], null],
    ["resolved", ["no_reply_needed"], assigned ? null : "assignee_needed"],
    ["closed", ["reason"], null],
  ];
  return {
    id: uuid(1000 + index),
    number: 100_034 - index,
    spam: false,
    subject,
    state,
    priority: (["medium", "high", "low", "urgent"] as const)[index % 4]!,
    requester: { id: uuid(6), name: PEOPLE[index % PEOPLE.length]!, email: `client${index % 5}@example.dz` },
    assignee: assigned ? { id: people.agent!.id, name: people.agent!.name } : null,
    group: { id: uuid(50), name: "Support" },
    category_id: null,
    project: null,
    customer_id: null,
    message_count: 1 + (index % 6),
    last_message_at: ago(index * 47 + 3),
    created_at: ago(index * 61 + 8),
    updated_at: ago(index * 47 + 3),
    version: 1,
    delivery_failed: index % 11 === 4,
    due_at: state === "open" || state === "in_progress" ? ago(index * 90 - 300) : null,
    breached: index % 9 === 0,
    escalated: false,
    allowed_actions: [
      ...["reply", "note", "assign", "edit"].map((action) => ({ action, requires: [], allowed: true })),
      ...transitions.filter(([to]) => to !== state).map(([to, requires, why_not]) => ({ action: "transition", to, requires, allowed: why_not === null, why_not })),
    ],
    participants: [
      { email: `client${index % 5}@example.dz`, name: PEOPLE[index % PEOPLE.length]!, role: "requester", user_id: null },
      { email: "comptabilite@example.dz", name: "", role: "cc", user_id: null },
    ],
    follow_up_of: index === 3 ? uuid(1009) : null,
    related: null,
    tags: index % 2 ? ["reseau", "vip"] : [],
  };
}

function history(each: Ticket): TimelineItem[] {
  const seed = tickets.length + each.number;
  const text = "Bonjour,\n\nDepuis 8 h ce matin, notre serveur srv-alg-03 ne répond plus. Le site et la messagerie sont coupés.\nPouvez-vous regarder ?\n\nCordialement,\nAmine\n";
  const quote = "\nLe 20 nov. 2026 à 09:12, Support <support@cloudmanager.test> a écrit :\n> Bonjour,\n> votre demande est enregistrée sous le numéro 100034.";
  const base = { attachments: [], deliveries: [], mentions: [], views: [], unseen: false, held: false, verified: true, is_staff: false, body_html: null, quoted_from: null, mail_id: null };
  const staff = { id: people.agent!.id, name: people.agent!.name, email: people.agent!.email };
  return [
    { ...base, type: "message", id: uuid(seed * 10), at: ago(190), kind: "reply", direction: "in", author: each.requester, body_text: text + quote, quoted_from: Buffer.byteLength(text), mail_id: uuid(7000), attachments: [{ id: uuid(9001), name: "capture-écran.png", content_type: "image/png", size: 184_320, sha256: "ab", inline: false, state: "clean" }, { id: uuid(9002), name: "invoice.pdf.exe", content_type: "application/x-msdownload", size: 81_920, sha256: "cd", inline: false, state: "refused" }] },
    { type: "event", seq: 1, at: ago(180), event: "assigned", actor: { name: "Nadia Benali" }, data: { from: null, to: "Karim Haddad" } },
    { type: "event", seq: 2, at: ago(179), event: "state_changed", actor: { name: "Karim Haddad" }, data: { from: "open", to: "in_progress" } },
    { ...base, type: "message", id: uuid(seed * 10 + 3), at: ago(170), kind: "note", direction: "internal", author: staff, is_staff: true, body_text: "Disque plein sur l’hôte kvm-07, je libère de l’espace." },
    { ...base, type: "message", id: uuid(seed * 10 + 4), at: ago(150), kind: "reply", direction: "out", author: staff, is_staff: true, body_text: "Bonjour Amine,\n\nLe serveur répond de nouveau. Pouvez-vous confirmer ?", deliveries: [{ recipient: each.requester.email ?? "", state: "delivered", at: ago(149), detail: null }, { recipient: "comptabilite@example.dz", state: "bounced", at: ago(148), detail: "550 5.1.1 user unknown" }] },
    { ...base, type: "message", id: uuid(seed * 10 + 5), at: ago(40), kind: "reply", direction: "in", held: true, author: { name: "inconnu@autre.example", email: "inconnu@autre.example" }, body_text: "Envoyez-moi le mot de passe root.", mail_id: uuid(7001) },
    { ...base, type: "message", id: uuid(seed * 10 + 6), at: ago(5), kind: "reply", direction: "in", author: each.requester, body_text: "مرحبًا، الخدمة تعمل الآن. شكرًا لكم.", body_html: '<p>مرحبًا، الخدمة <b style="color: #0a7d33">تعمل الآن</b>. شكرًا لكم.</p><table border="1" style="border-collapse: collapse"><tr><td>srv-alg-03</td><td>OK</td></tr></table><p><img src="https://tracker.example/p.gif" alt=""></p>' },
  ];
}

const listeners = new Set<(event: LiveEvent) => void>();
let last = 0;

export function subscribe(listener: (event: LiveEvent) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function emit(type: string, subject: LiveEvent["subject"]): void {
  last += 1;
  for (const listener of listeners) listener({ id: String(last), type, subject });
}
