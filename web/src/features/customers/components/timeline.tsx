import { History, Mail, Ticket } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { ListSkeleton } from "@/components/list-skeleton";
import { Time } from "@/components/time";
import { LoadMore } from "@/components/ui/load-more";
import { useTimeline, type Moment } from "../data/queries";

const ICONS: Record<string, typeof History> = { change: History, ticket: Ticket, mail: Mail };

/** Everything that happened around a customer, newest first. */
export function Timeline({ id }: { id: string }) {
  const { t } = useTranslation();
  const timeline = useTimeline(id);
  if (timeline.isPending) return <ListSkeleton />;
  if (timeline.isError) return <ErrorState error={timeline.error} onRetry={() => void timeline.refetch()} />;
  const moments = timeline.data.pages.flatMap((page) => page.items);
  if (moments.length === 0) return <Empty icon={History} title={t("customer.nothingYet")} />;
  return (
    <>
      <ol aria-label={t("customer.timeline")} className="grid gap-3">
        {moments.map((moment) => (
          <Entry key={moment.key} moment={moment} />
        ))}
      </ol>
      <LoadMore more={timeline.hasNextPage} busy={timeline.isFetchingNextPage} failed={timeline.isFetchNextPageError} onMore={() => void timeline.fetchNextPage()} />
    </>
  );
}

function Entry({ moment }: { moment: Moment }) {
  const { t } = useTranslation();
  const Icon = ICONS[moment.kind] ?? History;
  const what = t([`customerEvent.${moment.action.replace(".", "_")}`, "customerEvent.other"], { action: moment.action });
  return (
    <li className="flex gap-3 text-sm">
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-muted-foreground" />
      <div className="min-w-0">
        <p>
          {what}{" "}
          {moment.title &&
            (moment.ticket_id ? (
              <Link to={`/desk/tickets/${moment.ticket_id}`} className="font-medium underline">
                <bdi>{moment.title}</bdi>
              </Link>
            ) : (
              <bdi className="font-medium">{moment.title}</bdi>
            ))}
        </p>
        <p className="text-xs text-muted-foreground">
          <Time at={moment.at} />
          {moment.actor && (
            <>
              {" · "}
              <bdi>{moment.actor}</bdi>
            </>
          )}
        </p>
      </div>
    </li>
  );
}
