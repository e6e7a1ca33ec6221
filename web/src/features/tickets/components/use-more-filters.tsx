import { ListFilterPlus } from "lucide-react";
import { lazy, Suspense, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import type { UrlFilter } from "@/lib/url-filter";
import type { TicketFilter } from "../data/filters";

/** Few open it: it is fetched when somebody does. */
const Panel = lazy(async () => ({ default: (await import("./more-filters")).MoreFilters }));

/** A button for a list's bar, and what it opens below it. */
export function useMoreFilters(list: UrlFilter<TicketFilter>, staff = false) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const id = useId();
  return {
    button: (
      <Button aria-expanded={open} aria-controls={open ? id : undefined} onClick={() => setOpen(!open)}>
        <ListFilterPlus aria-hidden />
        {t("ticketFilter.more")}
      </Button>
    ),
    panel: open && (
      <div id={id}>
        <Suspense fallback={<Skeleton className="h-40" />}>
          <Panel list={list} staff={staff} />
        </Suspense>
      </div>
    ),
  };
}
