import { createColumnHelper } from "@tanstack/react-table";
import { MailWarning, MessageSquare } from "lucide-react";
import type { TFunction } from "i18next";
import { Link } from "react-router";
import type { TicketSummary } from "@/api/types";
import { Ltr } from "@/components/mono";
import { PriorityLabel, TicketStateBadge } from "@/components/state-badges";
import { Time } from "@/components/time";

const column = createColumnHelper<TicketSummary>();

declare module "@tanstack/react-table" {
  interface ColumnMeta<TData, TValue> {
    /** Classes of head and cells: narrow screens show fewer columns. */
    className?: string;
    /** Name of the column in the column menu. */
    name?: string;
    unused?: [TData, TValue];
  }
}

/** Columns of the ticket list; on a phone only the subject's cell is left and carries the rest below it. */
export function ticketColumns(t: TFunction, base: string) {
  return [
    column.accessor("number", {
      header: t("ticket.number"),
      meta: { name: t("ticket.number"), className: "hidden md:table-cell" },
      cell: ({ getValue }) => <Ltr className="tabular text-muted-foreground">#{getValue()}</Ltr>,
    }),
    column.accessor("subject", {
      header: t("ticket.subject"),
      enableHiding: false,
      meta: { className: "w-full max-w-0" },
      cell: ({ row }) => <SubjectCell ticket={row.original} base={base} t={t} />,
    }),
    column.accessor("state", {
      header: t("ticket.state"),
      meta: { name: t("ticket.state"), className: "hidden sm:table-cell" },
      cell: ({ getValue }) => <TicketStateBadge state={getValue()} />,
    }),
    column.accessor("priority", {
      header: t("ticket.priority"),
      meta: { name: t("ticket.priority"), className: "hidden md:table-cell" },
      cell: ({ getValue }) => <PriorityLabel priority={getValue()} />,
    }),
    column.accessor((ticket) => ticket.requester.name || ticket.requester.email, {
      id: "requester",
      header: t("ticket.requester"),
      meta: { name: t("ticket.requester"), className: "hidden lg:table-cell" },
      cell: ({ row, getValue }) => (
        <span title={row.original.requester.email ?? undefined} className="block max-w-40 truncate">
          <bdi>{getValue()}</bdi>
        </span>
      ),
    }),
    column.accessor((ticket) => ticket.assignee?.name, {
      id: "assignee",
      header: t("ticket.assignee"),
      meta: { name: t("ticket.assignee"), className: "hidden lg:table-cell whitespace-nowrap" },
      cell: ({ getValue }) => getValue() ?? <span className="text-muted-foreground">{t("ticket.unassigned")}</span>,
    }),
    column.accessor((ticket) => ticket.group?.name, {
      id: "group",
      header: t("ticket.group"),
      meta: { name: t("ticket.group"), className: "hidden xl:table-cell whitespace-nowrap" },
      cell: ({ getValue }) => getValue() ?? "",
    }),
    column.accessor("message_count", {
      header: t("ticket.messages"),
      meta: { name: t("ticket.messages"), className: "hidden xl:table-cell" },
      cell: ({ getValue }) => (
        <span className="tabular inline-flex items-center gap-1 text-muted-foreground">
          <MessageSquare aria-hidden className="size-3.5" />
          {getValue()}
        </span>
      ),
    }),
    column.accessor("updated_at", {
      header: t("ticket.updated"),
      meta: { name: t("ticket.updated"), className: "hidden sm:table-cell whitespace-nowrap" },
      cell: ({ getValue }) => <Time at={getValue()} className="whitespace-nowrap text-muted-foreground" />,
    }),
  ];
}

function SubjectCell({ ticket, base, t }: { ticket: TicketSummary; base: string; t: TFunction }) {
  return (
    <div className="min-w-0">
      <span className="flex items-center gap-1.5">
        <Link to={`${base}/${ticket.id}`} className="line-clamp-2 min-h-[24px] py-px font-medium hover:underline sm:line-clamp-1">
          <bdi>{ticket.subject || t("ticket.noSubject")}</bdi>
        </Link>
        {ticket.delivery_failed && (
          <MailWarning role="img" aria-label={t("ticket.deliveryFailed")} className="size-4 shrink-0 text-danger" />
        )}
      </span>
      <span className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-muted-foreground sm:hidden">
        <TicketStateBadge state={ticket.state} />
        <Ltr className="tabular">#{ticket.number}</Ltr>
        <bdi>{ticket.requester.name || ticket.requester.email}</bdi>
        <Time at={ticket.updated_at} />
      </span>
    </div>
  );
}
