import { createBrowserRouter, type RouteObject } from "react-router";
import { SignInPage } from "@/features/auth/sign-in-page";
import { Home } from "@/features/shell/home";
import { NotFound } from "@/features/shell/not-found";
import { RouteError } from "@/features/shell/route-error";
import { Shell } from "@/features/shell/shell";
import { TicketRedirect } from "@/features/shell/ticket-redirect";

/** A page that is loaded when it is first visited. */
function lazy<K extends string>(path: string, load: () => Promise<Record<K, React.ComponentType>>, name: K): RouteObject {
  return { path, lazy: async () => ({ Component: (await load())[name] }) };
}

const client = () => import("@/features/tickets/client-pages");
const desk = () => import("@/features/tickets/desk-pages");
const mails = () => import("@/features/mails/pages");
const mailboxes = () => import("@/features/mailboxes/pages");
const audit = () => import("@/features/audit/pages");
const roles = () => import("@/features/roles/pages");
const queues = () => import("@/features/queues/pages");

export const router = createBrowserRouter([
  {
    errorElement: <RouteError />,
    hydrateFallbackElement: <div />,
    children: [
      { path: "/login", Component: SignInPage },
      {
        path: "/",
        Component: Shell,
        children: [
          { index: true, Component: Home },
          { path: "t/:id", Component: TicketRedirect },
          {
            errorElement: <RouteError />,
            children: [
              lazy("client/tickets", client, "MyTicketsPage"),
              lazy("client/tickets/new", client, "NewTicketPage"),
              lazy("client/tickets/:id", client, "MyTicketPage"),
              lazy("desk/tickets", desk, "TicketListPage"),
              lazy("desk/tickets/new", desk, "NewDeskTicketPage"),
              lazy("desk/tickets/:id", desk, "DeskTicketPage"),
              lazy("desk/mails", mails, "MailListPage"),
              lazy("desk/mails/:id", mails, "MailPage"),
              lazy("admin/queues", queues, "QueuesPage"),
              lazy("admin/jobs", queues, "JobListPage"),
              lazy("admin/jobs/:id", queues, "JobPage"),
              lazy("admin/schedules", queues, "SchedulesPage"),
              lazy("admin/roles", roles, "RoleListPage"),
              lazy("admin/roles/new", roles, "NewRolePage"),
              lazy("admin/roles/:id", roles, "RolePage"),
              lazy("admin/audit", audit, "AuditPage"),
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
