import { ChevronDown } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Ticket } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useTimeline } from "../data/queries";
import { useViewed } from "../data/use-viewed";
import { EventLine } from "./event-line";
import { MessageCard } from "./message-card";

/** The conversation and what happened around it, oldest first. */
export function Timeline({ ticket, staff }: { ticket: Ticket; staff: boolean }) {
  const { t } = useTranslation();
  const timeline = useTimeline(ticket.id);
  const items = timeline.data?.pages.flatMap((page) => page.items) ?? [];
  const fresh = useViewed(ticket.id, items);
  if (timeline.isPending) return <TimelineSkeleton />;
  if (timeline.isError && !timeline.data) return <ErrorState error={timeline.error} onRetry={() => void timeline.refetch()} />;
  return (
    <section aria-label={t("ticket.conversation")}>
      <ol className="grid grid-cols-[minmax(0,1fr)] gap-3">
        {items.map((item) => (
          <li key={item.type === "message" ? item.id : item.seq}>
            {item.type === "message" ? <MessageCard message={item} ticket={ticket} staff={staff} fresh={fresh.includes(item.id)} /> : <EventLine event={item} />}
          </li>
        ))}
      </ol>
      {timeline.hasNextPage && (
        <Button variant="ghost" className="mt-2 w-full" onClick={() => void timeline.fetchNextPage()} busy={timeline.isFetchingNextPage}>
          <ChevronDown aria-hidden />
          {t("ticket.laterMessages")}
        </Button>
      )}
    </section>
  );
}

export function TimelineSkeleton() {
  return (
    <div aria-busy className="grid gap-3">
      {[28, 20, 24].map((height, index) => (
        <div key={index} className="rounded-lg border bg-surface p-4">
          <div className="flex items-center gap-2.5">
            <Skeleton className="size-7 rounded-full" />
            <Skeleton className="h-3.5 w-40" />
          </div>
          <Skeleton className="mt-4 h-3.5 w-11/12" />
          <Skeleton className="mt-2 h-3.5 w-2/3" />
          <div style={{ height }} />
        </div>
      ))}
    </div>
  );
}
