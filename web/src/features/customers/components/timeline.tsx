import { History } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { ListSkeleton } from "@/components/list-skeleton";
import { Card } from "@/components/ui/card";
import { LoadMore } from "@/components/ui/load-more";
import { Timeline as Line, TimelineEntry } from "@/components/ui/timeline";
import { actionName } from "@/features/audit/data/words";
import { useTimeline, type Moment } from "../data/queries";

/** Everything that happened around a customer, newest first. */
export function Timeline({ id }: { id: string }) {
  const { t } = useTranslation();
  const { query, rows } = useTimeline(id);
  if (query.isPending) return <ListSkeleton />;
  if (query.isError && rows.length === 0) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <>
      <Card className="max-w-4xl p-4">
        {rows.length === 0 ? (
          <Empty icon={History} title={t("customer.nothingYet")} />
        ) : (
          <Line label={t("customer.timeline")}>
            {rows.map((moment) => (
              <Entry key={moment.key} moment={moment} />
            ))}
          </Line>
        )}
      </Card>
      {rows.length > 0 && <LoadMore more={query.hasNextPage} busy={query.isFetchingNextPage} failed={query.isFetchNextPageError} onMore={() => void query.fetchNextPage()} />}
    </>
  );
}

function Entry({ moment: { kind, action, at, actor, title, ticket_id } }: { moment: Moment }) {
  const { t } = useTranslation();
  const what = kind === "change" ? actionName(t, action) : t([`customerEvent.${action}`, "customerEvent.other"], { action });
  return (
    <TimelineEntry
      at={at}
      tone={/failed|bounced|complained|suppressed/.test(action) ? "danger" : "neutral"}
      title={
        <>
          <span className={title ? "font-normal" : undefined}>{what}</span>{" "}
          {title &&
            (ticket_id ? (
              <Link to={`/desk/tickets/${ticket_id}`} className="underline underline-offset-2">
                <bdi>{title}</bdi>
              </Link>
            ) : (
              <bdi>{title}</bdi>
            ))}
        </>
      }
    >
      {actor && <bdi>{actor}</bdi>}
    </TimelineEntry>
  );
}
