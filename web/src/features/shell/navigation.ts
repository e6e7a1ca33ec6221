import { AlarmClock, Bell, BellRing, BookOpen, CalendarClock, ChartColumn, FileUser, Fingerprint, FolderTree, Gauge, HeartPulse, History, Inbox, KeyRound, ListTodo, LogIn, MailPlus, MailSearch, MailX, Mailbox, MessageSquarePlus, MessageSquareQuote, MessageSquareText, MonitorSmartphone, Network, ScanFace, ScrollText, Send, Settings2, ShieldAlert, ShieldBan, ShieldCheck, Tags, Ticket, Timer, UserRound, UserRoundCheck, Users, UsersRound, Webhook, Workflow, type LucideIcon } from "lucide-react";
import type { Dashboard, Me } from "@/api/types";

export interface NavItem {
  to: string;
  /** Key of its name. */
  label: string;
  icon: LucideIcon;
  dashboard: Dashboard;
  /** Shown only to those who hold it. */
  permission: string;
  /** Needed besides: the page shows nothing without it. */
  also?: string;
  /** Keys that lead there from anywhere. */
  keys?: string;
}

/** What one wants to be reminded of; the navigation says how much of it is due. */
export const REMINDERS = "/desk/reminders";

const ITEMS: NavItem[] = [
  { to: "/client/tickets", label: "nav.myTickets", icon: Ticket, dashboard: "client", permission: "tickets.own", keys: "g t" },
  { to: "/help", label: "nav.help", icon: BookOpen, dashboard: "client", permission: "tickets.own" },
  { to: "/client/account", label: "nav.myAccount", icon: UserRound, dashboard: "client", permission: "profile.own", keys: "g p" },
  { to: "/desk/tickets", label: "nav.tickets", icon: Inbox, dashboard: "corporate", permission: "tickets.view", keys: "g t" },
  { to: REMINDERS, label: "nav.reminders", icon: AlarmClock, dashboard: "corporate", permission: "tickets.view" },
  { to: "/desk/groups", label: "nav.groups", icon: UsersRound, dashboard: "corporate", permission: "tickets.view" },
  { to: "/desk/customers", label: "nav.customers", icon: Users, dashboard: "corporate", permission: "customers.view", keys: "g c" },
  { to: "/desk/kyc", label: "nav.kyc", icon: ScanFace, dashboard: "corporate", permission: "kyc.view", keys: "g k" },
  { to: "/desk/mails", label: "nav.mails", icon: MailSearch, dashboard: "corporate", permission: "mail.view", keys: "g m" },
  { to: "/desk/outgoing-mails", label: "nav.outgoingMails", icon: Send, dashboard: "corporate", permission: "mail.view" },
  { to: "/desk/spam-rules", label: "nav.spamRules", icon: MailX, dashboard: "corporate", permission: "mail.manage" },
  { to: "/desk/statistics", label: "nav.statistics", icon: ChartColumn, dashboard: "corporate", permission: "reports.view" },
  { to: "/desk/canned-replies", label: "nav.cannedReplies", icon: MessageSquareQuote, dashboard: "corporate", permission: "canned_replies.edit" },
  { to: "/desk/notification-groups", label: "nav.notificationGroups", icon: Bell, dashboard: "corporate", permission: "groups.edit", also: "tickets.view" },
  { to: "/desk/knowledge", label: "nav.knowledge", icon: BookOpen, dashboard: "corporate", permission: "knowledge.edit" },
  { to: "/desk/tags", label: "nav.tags", icon: Tags, dashboard: "corporate", permission: "tags.edit" },
  { to: "/admin/users", label: "nav.users", icon: Users, dashboard: "admin", permission: "users.view", keys: "g u" },
  { to: "/admin/roles", label: "nav.roles", icon: ShieldCheck, dashboard: "admin", permission: "roles.view", keys: "g r" },
  { to: "/admin/audit", label: "nav.audit", icon: ScrollText, dashboard: "admin", permission: "audit.view", keys: "g a" },
  { to: "/admin/personal-data", label: "nav.personalData", icon: Fingerprint, dashboard: "admin", permission: "audit.view" },
  { to: "/admin/alerts", label: "nav.alerts", icon: ShieldAlert, dashboard: "admin", permission: "security.view", keys: "g w" },
  { to: "/admin/logins", label: "nav.logins", icon: LogIn, dashboard: "admin", permission: "security.view", keys: "g l" },
  { to: "/admin/sessions", label: "nav.sessions", icon: MonitorSmartphone, dashboard: "admin", permission: "sessions.manage" },
  { to: "/admin/texts", label: "nav.texts", icon: MessageSquareText, dashboard: "admin", permission: "security.view" },
  { to: "/admin/templates", label: "nav.templates", icon: MailPlus, dashboard: "admin", permission: "templates.edit" },
  { to: "/admin/custom-templates", label: "nav.customTemplates", icon: MessageSquarePlus, dashboard: "admin", permission: "templates.edit" },
  { to: "/admin/notification-triggers", label: "nav.notificationTriggers", icon: BellRing, dashboard: "admin", permission: "notifications.edit" },
  { to: "/admin/identity-policy", label: "nav.kycPolicy", icon: UserRoundCheck, dashboard: "admin", permission: "kyc.policy", also: "kyc.view" },
  { to: "/admin/networks", label: "nav.networks", icon: Network, dashboard: "admin", permission: "networks.edit", keys: "g n" },
  { to: "/admin/single-sign-on", label: "nav.signOn", icon: KeyRound, dashboard: "admin", permission: "settings.view", keys: "g o" },
  { to: "/admin/automation", label: "nav.automation", icon: Workflow, dashboard: "admin", permission: "automation.view" },
  { to: "/admin/webhooks", label: "nav.webhooks", icon: Webhook, dashboard: "admin", permission: "webhooks.view" },
  { to: "/admin/health", label: "nav.health", icon: HeartPulse, dashboard: "admin", permission: "jobs.view", keys: "g h" },
  { to: "/admin/queues", label: "nav.queues", icon: Gauge, dashboard: "admin", permission: "jobs.view", keys: "g q" },
  { to: "/admin/jobs", label: "nav.jobs", icon: ListTodo, dashboard: "admin", permission: "jobs.view", keys: "g j" },
  { to: "/admin/schedules", label: "nav.schedules", icon: CalendarClock, dashboard: "admin", permission: "jobs.view", keys: "g s" },
  { to: "/admin/mailboxes", label: "nav.mailboxes", icon: Mailbox, dashboard: "admin", permission: "mailboxes.view", keys: "g b" },
  { to: "/admin/categories", label: "nav.categories", icon: FolderTree, dashboard: "admin", permission: "categories.edit" },
  { to: "/admin/sla", label: "nav.sla", icon: Timer, dashboard: "admin", permission: "sla.view", keys: "g e" },
  { to: "/admin/suppressions", label: "nav.suppressions", icon: ShieldBan, dashboard: "admin", permission: "mail.manage" },
];

/** How one signs in oneself; everybody has it. */
export const OWN_SECURITY = "/account/security";

/** What one was told, and how one wants to be; everybody has them. */
export const OWN_NEWS = "/notifications";
export const OWN_NEWS_SETTINGS = "/account/notifications";

/** What one may ask about one's own data; everybody has it. */
export const OWN_DATA = "/account/data";

/** What one did; everybody has it. */
export const OWN_ACTIVITY = "/account/activity";

/** Pages about oneself, which everybody has. */
export const OWN_PAGES: { to: string; label: string; icon: LucideIcon }[] = [
  { to: OWN_NEWS, label: "nav.notifications", icon: Bell },
  { to: OWN_NEWS_SETTINGS, label: "nav.notificationSettings", icon: Settings2 },
  { to: OWN_SECURITY, label: "nav.security", icon: ShieldCheck },
  { to: OWN_ACTIVITY, label: "nav.ownActivity", icon: History },
  { to: OWN_DATA, label: "nav.ownData", icon: FileUser },
];

const holds = (user: Me, { permission, also }: NavItem) => user.permissions.includes(permission) && (also === undefined || user.permissions.includes(also));

/** What the server says this person may see. */
export function navigation(user: Me): NavItem[] {
  return ITEMS.filter((item) => user.dashboards.includes(item.dashboard) && holds(user, item));
}

const PREFIXES: [string, Dashboard][] = [
  ["/client", "client"],
  ["/desk", "corporate"],
  ["/admin", "admin"],
];

/** The dashboard that a page belongs to. */
export function dashboardOf(path: string): Dashboard | null {
  return PREFIXES.find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`))?.[1] ?? null;
}

/** The dashboards somebody has, each with its pages; the first one leads into it. */
export function dashboards(user: Me): { dashboard: Dashboard; items: NavItem[] }[] {
  const items = navigation(user);
  return PREFIXES.map(([, dashboard]) => ({ dashboard, items: items.filter((item) => item.dashboard === dashboard) })).filter((group) => group.items.length > 0);
}

/** A page that the server would refuse is not even asked for. */
export function forbidden(user: Me, path: string): boolean {
  const item = ITEMS.find(({ to }) => path === to || path.startsWith(`${to}/`));
  const dashboard = item?.dashboard ?? dashboardOf(path);
  if (dashboard && !user.dashboards.includes(dashboard)) return true;
  return item !== undefined && !holds(user, item);
}

export function homeOf(user: Me): string {
  return navigation(user)[0]?.to ?? OWN_SECURITY;
}

/** Where a new ticket is opened, for those who may. */
export function newTicketPath(user: Me): string | null {
  if (user.dashboards.includes("corporate") && user.permissions.includes("tickets.create")) return "/desk/tickets/new";
  return user.permissions.includes("tickets.own") ? "/client/tickets/new" : null;
}
