import { ChevronDown } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Ticket } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Button } from "@/components/ui/button";
import { useTimeline } from "../data/queries";
import { useViewed } from "../data/use-viewed";
import { EventLine } from "./event-line";
import { MessageCard } from "./message-card";
import { TimelineSkeleton } from "./timeline-skeleton";

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
