import { Inbox, MessageSquare, Plus } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { TicketSummary } from "@/api/types";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { Ltr } from "@/components/mono";
import { Page } from "@/components/page";
import { TicketStateBadge } from "@/components/state-badges";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { cn } from "@/lib/cn";
import { useListKeys } from "@/lib/use-list-keys";
import { ListSkeleton } from "@/components/list-skeleton";
import { useTicketFilter } from "./data/filters";
import { useTickets } from "./data/queries";

/** A customer's own tickets. */
export function MyTicketsPage() {
  const { t } = useTranslation();
  const [filter, change, clear] = useTicketFilter();
  const tickets = useTickets(filter);
  const rows = tickets.data?.pages.flatMap((page) => page.items) ?? [];
  const list = useRef<HTMLUListElement>(null);
  useListKeys(list);
  const done = filter.state.includes("resolved");
  const tabs = [
    { name: t("view.all"), active: filter.state.length === 0, press: clear },
    { name: t("view.current"), active: filter.state.includes("open"), press: () => change({ state: ["open", "in_progress", "answered", "waiting_for_response", "on_hold"] }) },
    { name: t("view.done"), active: done, press: () => change({ state: ["resolved", "closed"] }) },
  ];
  const create = (
    <Button asChild variant="primary">
      <Link to="/client/tickets/new">
        <Plus aria-hidden />
        {t("ticket.new")}
      </Link>
    </Button>
  );
  return (
    <Page title={t("nav.myTickets")}>
      <div role="group" aria-label={t("view.label")} className="flex flex-wrap gap-1">
        {tabs.map(({ name, active, press }) => (
          <Button key={name} variant="ghost" aria-pressed={active} onClick={press} className={cn("text-muted-foreground", active && "bg-accent text-accent-foreground hover:bg-accent")}>
            {name}
          </Button>
        ))}
      </div>
      <Card className="overflow-hidden">
        {tickets.isPending ? (
          <ListSkeleton rows={6} />
        ) : tickets.isError && rows.length === 0 ? (
          <ErrorState error={tickets.error} onRetry={() => void tickets.refetch()} />
        ) : rows.length === 0 ? (
          filter.state.length > 0 ? (
            <Empty icon={Inbox} title={t("ticket.noMatch")} action={<Button onClick={clear}>{t("view.all")}</Button>} />
          ) : (
            <Empty icon={Inbox} title={t("myTickets.noneYet")} action={create}>
              {t("myTickets.noneYetText")}
            </Empty>
          )
        ) : (
          <ul ref={list} className="divide-y" aria-label={t("nav.myTickets")}>
            {rows.map((ticket) => (
              <Row key={ticket.id} ticket={ticket} />
            ))}
          </ul>
        )}
      </Card>
      {tickets.hasNextPage && (
        <Button className="justify-self-center" onClick={() => void tickets.fetchNextPage()} busy={tickets.isFetchingNextPage}>
          {t("common.more")}
        </Button>
      )}
    </Page>
  );
}

function Row({ ticket }: { ticket: TicketSummary }) {
  const { t } = useTranslation();
  return (
    <li>
      <Link
        to={`/client/tickets/${ticket.id}`}
        className="flex flex-wrap items-center gap-x-4 gap-y-1.5 px-4 py-3 hover:bg-sunken focus-visible:-outline-offset-2 dark:hover:bg-raised"
      >
        <span className="min-w-0 flex-1 basis-56">
          <span className="line-clamp-2 font-medium">
            <bdi>{ticket.subject || t("ticket.noSubject")}</bdi>
          </span>
          <span className="flex items-center gap-2 text-xs text-muted-foreground">
            <Ltr className="tabular">#{ticket.number}</Ltr>
            <span className="tabular inline-flex items-center gap-1">
              <MessageSquare aria-hidden className="size-3" />
              {ticket.message_count}
            </span>
            <Time at={ticket.updated_at} />
          </span>
        </span>
        <TicketStateBadge state={ticket.state} />
      </Link>
    </li>
  );
}
