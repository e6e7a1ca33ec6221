import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import type { TFunction } from "i18next";
import { MailWarning, MessageSquare, Siren } from "lucide-react";
import type { TagColour, TicketSummary } from "@/api/types";
import { Clip } from "@/components/clip";
import { RowTitle } from "@/components/list/row-title";
import { Ltr } from "@/components/mono";
import { TicketStateBadge } from "@/components/state-badges";
import { Badge } from "@/components/ui/badge";
import { Tag } from "@/components/tag";
import { Time } from "@/components/time";
import { DraftMark } from "./draft-mark";
import { DueBadge } from "./due-badge";
import { AssigneeCell, PriorityCell, StateCell } from "./inline-cells";

const column = createColumnHelper<TicketSummary>();

type Colour = (tag: string) => TagColour;

/** Shown on demand only. */
export const HIDDEN_COLUMNS = ["group", "escalated", "message_count", "created_at"] as const;

/** Columns of the ticket list; on a phone only the subject's cell is left and carries the rest below it. */
export function ticketColumns(t: TFunction, base: string, drafts: ReadonlySet<string>, back: ReadonlySet<string>, colour: Colour): ColumnDef<TicketSummary, never>[] {
  const columns = [
    column.accessor("number", {
      header: t("ticket.number"),
      meta: { name: t("ticket.number"), className: "hidden md:table-cell w-22" },
      cell: ({ getValue }) => <Ltr className="tabular text-muted-foreground">#{getValue()}</Ltr>,
    }),
    column.accessor("subject", {
      header: t("ticket.subject"),
      cell: ({ row }) => <SubjectCell ticket={row.original} to={`${base}/${row.id}`} draft={drafts.has(row.id)} back={back.has(row.id)} colour={colour} t={t} />,
    }),
    column.accessor("state", {
      header: t("ticket.state"),
      meta: { name: t("ticket.state"), className: "hidden sm:table-cell w-38" },
      cell: ({ row }) => <StateCell ticket={row.original} />,
    }),
    column.accessor("priority", {
      header: t("ticket.priority"),
      meta: { name: t("ticket.priority"), className: "hidden md:table-cell w-28" },
      cell: ({ row }) => <PriorityCell ticket={row.original} />,
    }),
    column.accessor("due_at", {
      header: t("slaPanel.due"),
      meta: { name: t("slaPanel.due"), className: "hidden md:table-cell w-36", sorts: ["due_at"] },
      cell: ({ row }) => <DueBadge ticket={row.original} />,
    }),
    column.accessor((ticket) => ticket.requester.name || ticket.requester.email, {
      id: "requester",
      header: t("ticket.requester"),
      meta: { name: t("ticket.requester"), className: "hidden lg:table-cell w-40" },
      cell: ({ row, getValue }) => <Clip title={row.original.requester.email ?? undefined}>{getValue()}</Clip>,
    }),
    column.accessor((ticket) => ticket.assignee?.name, {
      id: "assignee",
      header: t("ticket.assignee"),
      meta: { name: t("ticket.assignee"), className: "hidden lg:table-cell w-36" },
      cell: ({ row }) => <AssigneeCell ticket={row.original} />,
    }),
    column.accessor((ticket) => ticket.group?.name, {
      id: "group",
      header: t("ticket.group"),
      meta: { name: t("ticket.group"), className: "hidden xl:table-cell w-28" },
      cell: ({ getValue }) => <Clip>{getValue() ?? ""}</Clip>,
    }),
    column.accessor("escalated", {
      header: t("escalation.filter"),
      meta: { name: t("escalation.filter"), className: "hidden xl:table-cell w-40" },
      cell: ({ getValue }) => getValue() && <Badge tone="danger">{t("escalation.open")}</Badge>,
    }),
    column.accessor("message_count", {
      header: t("ticket.messages"),
      meta: { name: t("ticket.messages"), className: "hidden xl:table-cell w-24" },
      cell: ({ getValue }) => (
        <span className="tabular inline-flex items-center gap-1 text-muted-foreground">
          <MessageSquare aria-hidden className="size-3.5" />
          {getValue()}
        </span>
      ),
    }),
    column.accessor("created_at", {
      header: t("ticket.created"),
      meta: { name: t("ticket.created"), className: "hidden xl:table-cell w-32", sorts: ["-created_at"] },
      cell: ({ getValue }) => <Time at={getValue()} className="block truncate text-muted-foreground" />,
    }),
    column.accessor("updated_at", {
      header: t("ticket.updated"),
      meta: { name: t("ticket.updated"), className: "hidden sm:table-cell w-32", sorts: ["-updated_at"] },
      cell: ({ getValue }) => <Time at={getValue()} className="block truncate text-muted-foreground" />,
    }),
  ];
  return columns as ColumnDef<TicketSummary, never>[];
}

/** The tags of a ticket, as many as a line has room for. */
function TagLine({ tags, colour }: { tags: readonly string[]; colour: Colour }) {
  return tags.slice(0, 4).map((tag) => <Tag key={tag} name={tag} colour={colour(tag)} />);
}

/** The one column of a list that has a ticket beside it: its cell says below the subject what the other columns would say. */
export function besideColumns(t: TFunction, to: (ticket: TicketSummary) => string, drafts: ReadonlySet<string>, back: ReadonlySet<string>, colour: Colour): ColumnDef<TicketSummary, never>[] {
  const columns = [
    column.accessor("subject", {
      header: t("ticket.subject"),
      cell: ({ row }) => <SubjectCell ticket={row.original} to={to(row.original)} stays draft={drafts.has(row.id)} back={back.has(row.id)} colour={colour} t={t} />,
    }),
  ];
  return columns as ColumnDef<TicketSummary, never>[];
}

interface SubjectCellProps {
  ticket: TicketSummary;
  to: string;
  /** It leads to the ticket beside the list. */
  stays?: boolean;
  draft: boolean;
  back: boolean;
  colour: Colour;
  t: TFunction;
}

function SubjectCell({ ticket, to, stays, draft, back, colour, t }: SubjectCellProps) {
  const marks = (
    <>
      {draft && <DraftMark />}
      {ticket.spam && <Badge tone="danger">{t("ticketFilter.isSpam")}</Badge>}
      {back && <Badge tone="warning">{t("aside.back")}</Badge>}
      {ticket.escalated && <Siren role="img" aria-label={t("escalation.mark")} className="size-4 shrink-0 text-danger" />}
      {ticket.delivery_failed && <MailWarning role="img" aria-label={t("ticket.deliveryFailed")} className="size-4 shrink-0 text-danger" />}
    </>
  );
  const phone = (
    <>
      <TicketStateBadge state={ticket.state} />
      <Ltr className="tabular">#{ticket.number}</Ltr>
      <DueBadge ticket={ticket} />
      <Clip className="min-w-0 flex-1">{ticket.requester.name || ticket.requester.email}</Clip>
      <Time at={ticket.updated_at} className="shrink-0" />
      <TagLine tags={ticket.tags} colour={colour} />
    </>
  );
  if (stays) {
    return (
      <RowTitle to={to} stays marks={marks} sub={<div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-2 gap-y-1 py-0.5">{phone}</div>}>
        {ticket.subject || t("common.noSubject")}
      </RowTitle>
    );
  }
  return (
    <RowTitle to={to} marks={marks} sub={ticket.tags.length > 0 && <TagLine tags={ticket.tags} colour={colour} />} phone={phone}>
      {ticket.subject || t("common.noSubject")}
    </RowTitle>
  );
}
