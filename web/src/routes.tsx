import { createBrowserRouter, type RouteObject } from "react-router";
import { Home } from "@/features/shell/home";
import { NotFound } from "@/features/shell/not-found";
import { RouteError } from "@/features/shell/route-error";
import { Shell } from "@/features/shell/shell";
import { TicketRedirect } from "@/features/shell/ticket-redirect";
import { loadTexts } from "@/i18n";

/** Pages that are loaded together with their texts. */
interface Feature<K extends string> {
  texts: string[];
  load: () => Promise<Record<K, React.ComponentType>>;
}

/** A page that is loaded when it is first visited. */
function lazy<K extends string>(path: string, { texts, load }: Feature<K>, name: K): RouteObject {
  return {
    path,
    lazy: async () => {
      const [pages] = await Promise.all([load(), ...texts.map(loadTexts)]);
      return { Component: pages[name] };
    },
  };
}

const signIn = { texts: [], load: () => import("@/features/auth/sign-in-page") };
const account = { texts: [], load: () => import("@/features/auth/pages") };
const survey = { texts: ["survey"], load: () => import("@/features/survey/pages") };
const client = { texts: ["tickets", "ticket", "survey", "help"], load: () => import("@/features/tickets/client-pages") };
const desk = { texts: ["tickets", "ticket", "customers", "survey", "help"], load: () => import("@/features/tickets/desk-pages") };
const newTicket = { texts: ["tickets", "help"], load: () => import("@/features/tickets/new-ticket") };
const bulks = { texts: ["tickets", "bulk"], load: () => import("@/features/tickets/bulk-pages") };
const reminders = { texts: ["tickets"], load: () => import("@/features/tickets/reminder-pages") };
const scheduled = { texts: ["exports", "tickets"], load: () => import("@/features/exports/pages") };
const clientList = { texts: ["tickets"], load: () => import("@/features/tickets/client-list-pages") };
const ticketList = { texts: ["tickets"], load: () => import("@/features/tickets/list-pages") };
const mails = { texts: ["mails"], load: () => import("@/features/mails/pages") };
const spamRules = { texts: ["mails"], load: () => import("@/features/mails/spam-pages") };
const mailboxes = { texts: ["mailboxes"], load: () => import("@/features/mailboxes/pages") };
const privacy = { texts: ["privacy"], load: () => import("@/features/privacy/pages") };
const audit = { texts: ["audit"], load: () => import("@/features/audit/pages") };
const users = { texts: ["users", "security", "privacy"], load: () => import("@/features/users/pages") };
const roles = { texts: ["roles"], load: () => import("@/features/roles/pages") };
const customerLists = { texts: ["customers", "audit", "security"], load: () => import("@/features/customers/list-pages") };
const myCustomers = { texts: ["customers", "audit", "security"], load: () => import("@/features/customers/my-pages") };
const customers = { texts: ["customers", "audit", "security"], load: () => import("@/features/customers/pages") };
const join = { texts: ["join"], load: () => import("@/features/join/pages") };
const identities = { texts: ["identities", "customers"], load: () => import("@/features/identities/pages") };
const imports = { texts: ["imports"], load: () => import("@/features/imports/pages") };
const own = { texts: ["security", "roles"], load: () => import("@/features/security/own-pages") };
const watch = { texts: ["security"], load: () => import("@/features/security/admin-pages") };
const signOn = { texts: ["signon", "refusals"], load: () => import("@/features/signon/pages") };
const sla = { texts: ["sla", "tickets"], load: () => import("@/features/sla/pages") };
const groups = { texts: ["groups"], load: () => import("@/features/groups/pages") };
const categories = { texts: ["tickets", "categories"], load: () => import("@/features/categories/pages") };
const webhooks = { texts: ["webhooks", "security"], load: () => import("@/features/webhooks/pages") };
const automation = { texts: ["automation"], load: () => import("@/features/automation/pages") };
const canned = { texts: ["canned", "tickets", "refusals"], load: () => import("@/features/canned/pages") };
const templates = { texts: ["templates", "refusals"], load: () => import("@/features/templates/pages") };
const help = { texts: ["help"], load: () => import("@/features/help/pages") };
const knowledge = { texts: ["knowledge", "help"], load: () => import("@/features/knowledge/pages") };
const tags = { texts: ["tags"], load: () => import("@/features/tags/pages") };
const notifications = { texts: ["notifications"], load: () => import("@/features/notifications/pages") };
const triggers = { texts: ["notifications", "triggers"], load: () => import("@/features/triggers/pages") };
const unsubscribe = { texts: ["notifications"], load: () => import("@/features/notifications/link-pages") };
const statistics = { texts: ["statistics"], load: () => import("@/features/statistics/pages") };
const health = { texts: ["health", "queues"], load: () => import("@/features/health/pages") };
const queues = { texts: ["queues"], load: () => import("@/features/queues/pages") };

export const router = createBrowserRouter([
  {
    errorElement: <RouteError />,
    hydrateFallbackElement: <div />,
    children: [
      lazy("/login", signIn, "SignInPage"),
      lazy("/register", account, "RegisterPage"),
      lazy("/forgot-password", account, "ForgotPasswordPage"),
      lazy("/sign-in-link", account, "AskSignInLinkPage"),
      lazy("/verify", account, "VerifyPage"),
      lazy("/confirm-email", account, "ConfirmEmailPage"),
      lazy("/magic-link", account, "MagicLinkPage"),
      lazy("/reset-password", account, "ResetPasswordPage"),
      lazy("/join", join, "JoinPage"),
      lazy("/survey", survey, "SurveyPage"),
      lazy("/unsubscribe", unsubscribe, "UnsubscribePage"),
      lazy("/invitation", account, "InvitationPage"),
      lazy("/sign-in/callback", account, "SignOnCallbackPage"),
      lazy("/sign-in/link", account, "LinkAccountPage"),
      lazy("/help", help, "HelpHomePage"),
      lazy("/help/sections/:slug", help, "HelpSectionPage"),
      lazy("/help/articles/:slug", help, "HelpArticlePage"),
      {
        path: "/",
        Component: Shell,
        children: [
          { index: true, Component: Home },
          { path: "t/:id", Component: TicketRedirect },
          {
            errorElement: <RouteError />,
            children: [
              lazy("client/tickets", clientList, "MyTicketsPage"),
              lazy("client/tickets/new", newTicket, "NewTicketPage"),
              lazy("client/tickets/:id", client, "MyTicketPage"),
              lazy("client/account", myCustomers, "MyAccountsPage"),
              lazy("client/account/new", myCustomers, "NewOwnCustomerPage"),
              lazy("client/account/:id", myCustomers, "MyAccountPage"),
              lazy("account/security", own, "OwnSecurityPage"),
              lazy("account/security/tokens/new", own, "NewTokenPage"),
              lazy("notifications", notifications, "NotificationsPage"),
              lazy("account/notifications", notifications, "SettingsPage"),
              lazy("account/activity", audit, "OwnActivityPage"),
              lazy("account/data", privacy, "OwnDataPage"),
              lazy("desk/customers", customerLists, "CustomerListPage"),
              lazy("desk/customers/new", customerLists, "NewCustomerPage"),
              lazy("desk/customers/imports", imports, "ImportListPage"),
              lazy("desk/customers/imports/:id", imports, "ImportPage"),
              lazy("desk/customers/:id", customers, "CustomerPage"),
              lazy("desk/kyc", customerLists, "KycQueuePage"),
              lazy("desk/tickets", ticketList, "TicketListPage"),
              lazy("desk/reminders", reminders, "RemindersPage"),
              lazy("desk/ticket-exports", scheduled, "ScheduledListPage"),
              lazy("desk/ticket-exports/new", scheduled, "NewScheduledPage"),
              lazy("desk/ticket-exports/runs/:id", scheduled, "ScheduledRunPage"),
              lazy("desk/ticket-exports/:id", scheduled, "ScheduledPage"),
              lazy("desk/bulk-changes", bulks, "BulkListPage"),
              lazy("desk/bulk-changes/:id", bulks, "BulkPage"),
              lazy("desk/tickets/new", newTicket, "NewDeskTicketPage"),
              lazy("desk/tickets/:id", desk, "DeskTicketPage"),
              lazy("desk/spam-rules", spamRules, "SpamRulesPage"),
              lazy("desk/tags", tags, "TagListPage"),
              lazy("desk/canned-replies", canned, "CannedListPage"),
              lazy("desk/canned-replies/new", canned, "NewCannedPage"),
              lazy("desk/canned-replies/:id", canned, "CannedPage"),
              lazy("desk/knowledge", knowledge, "ArticleListPage"),
              lazy("desk/knowledge/new", knowledge, "NewArticlePage"),
              lazy("desk/knowledge/sections", knowledge, "KnowledgeSectionsPage"),
              lazy("desk/knowledge/:id", knowledge, "ArticlePage"),
              lazy("desk/groups", groups, "GroupListPage"),
              lazy("desk/groups/:id", groups, "GroupPage"),
              lazy("desk/notification-groups", notifications, "GroupsPage"),
              lazy("desk/statistics", statistics, "StatisticsPage"),
              lazy("desk/statistics/counted", statistics, "CountedPage"),
              lazy("desk/mails", mails, "MailListPage"),
              lazy("desk/mails/:id", mails, "MailPage"),
              lazy("desk/outgoing-mails", mails, "OutgoingListPage"),
              lazy("admin/health", health, "HealthPage"),
              lazy("admin/queues", queues, "QueuesPage"),
              lazy("admin/jobs", queues, "JobListPage"),
              lazy("admin/jobs/:id", queues, "JobPage"),
              lazy("admin/schedules", queues, "SchedulesPage"),
              lazy("admin/users", users, "UserListPage"),
              lazy("admin/users/new", users, "InvitePage"),
              lazy("admin/users/:id", users, "UserPage"),
              lazy("admin/roles", roles, "RoleListPage"),
              lazy("admin/roles/new", roles, "NewRolePage"),
              lazy("admin/roles/:id", roles, "RolePage"),
              lazy("admin/audit", audit, "AuditPage"),
              lazy("admin/personal-data", privacy, "PersonalDataPage"),
              lazy("admin/alerts", watch, "AlertsPage"),
              lazy("admin/logins", watch, "LoginJournalPage"),
              lazy("admin/sessions", watch, "SessionsPage"),
              lazy("admin/texts", watch, "TextMessagesPage"),
              lazy("admin/texts/costs", watch, "TextCostsPage"),
              lazy("admin/templates", templates, "TemplateListPage"),
              lazy("admin/templates/:key", templates, "TemplatePage"),
              lazy("admin/custom-templates", templates, "CustomTemplateListPage"),
              lazy("admin/custom-templates/new", templates, "NewCustomTemplatePage"),
              lazy("admin/custom-templates/:id", templates, "CustomTemplatePage"),
              lazy("admin/notification-triggers", triggers, "TriggerListPage"),
              lazy("admin/notification-triggers/:topic", triggers, "TriggerPage"),
              lazy("admin/identity-policy", identities, "KycPolicyPage"),
              lazy("admin/networks", watch, "NetworksPage"),
              lazy("admin/single-sign-on", signOn, "ProviderListPage"),
              lazy("admin/single-sign-on/new", signOn, "NewProviderPage"),
              lazy("admin/single-sign-on/:id", signOn, "ProviderPage"),
              lazy("admin/sla", sla, "ServiceLevelsPage"),
              lazy("admin/sla/policies/new", sla, "NewPolicyPage"),
              lazy("admin/sla/policies/:id", sla, "PolicyPage"),
              lazy("admin/sla/calendars/new", sla, "NewCalendarPage"),
              lazy("admin/sla/calendars/:id", sla, "CalendarPage"),
              lazy("admin/categories", categories, "CategoriesPage"),
              lazy("admin/automation", automation, "RuleListPage"),
              lazy("admin/automation/new", automation, "NewRulePage"),
              lazy("admin/automation/:id", automation, "RulePage"),
              lazy("admin/webhooks", webhooks, "EndpointListPage"),
              lazy("admin/webhooks/new", webhooks, "NewEndpointPage"),
              lazy("admin/webhooks/:id", webhooks, "EndpointPage"),
              lazy("admin/webhooks/:id/edit", webhooks, "EditEndpointPage"),
              lazy("admin/webhooks/:id/deliveries/:delivery", webhooks, "DeliveryPage"),
              lazy("admin/mailboxes", mailboxes, "MailboxListPage"),
              lazy("admin/mailboxes/new", mailboxes, "NewMailboxPage"),
              lazy("admin/mailboxes/:id", mailboxes, "MailboxPage"),
              lazy("admin/suppressions", mailboxes, "SuppressionsPage"),
            ],
          },
          { path: "*", Component: NotFound },
        ],
      },
    ],
  },
]);
