import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { cn } from "@/lib/cn";
import { useFormat } from "@/lib/use-format";
import { writeFilter, type TicketFilter } from "../data/filters";
import { useTicketCounts } from "../data/queries";

const NONE: TicketFilter = { state: [], priority: [], assignee: null, q: "", sort: "-updated_at" };

/** The lists an agent works through all day, each a plain link with its count. */
export function TicketViews({ filter }: { filter: TicketFilter }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data } = useTicketCounts();
  const state = data?.by_state;
  const views: { name: string; filter: TicketFilter; count?: number }[] = [
    { name: t("view.all"), filter: NONE },
    { name: t("view.open"), filter: { ...NONE, state: ["open"] }, count: state?.open ?? undefined },
    { name: t("view.mine"), filter: { ...NONE, assignee: "me" }, count: data?.mine },
    { name: t("view.unassigned"), filter: { ...NONE, assignee: "none" }, count: data?.unassigned },
    { name: t("view.waiting"), filter: { ...NONE, state: ["waiting_for_response"] }, count: state?.waiting_for_response ?? undefined },
  ];
  const present = writeFilter(filter).toString();
  return (
    <nav aria-label={t("view.label")} className="-mb-1 overflow-x-auto">
      <ul className="flex gap-1 pb-1">
        {views.map((view) => {
          const query = writeFilter(view.filter).toString();
          const active = query === present;
          return (
            <li key={view.name}>
              <Link
                to={{ search: query }}
                aria-current={active ? "page" : undefined}
                className={cn(
                  "flex h-8 items-center gap-1.5 rounded-md px-2.5 text-sm whitespace-nowrap max-sm:h-10",
                  active ? "bg-accent font-medium text-accent-foreground" : "text-muted-foreground hover:bg-sunken hover:text-foreground dark:hover:bg-raised",
                )}
              >
                {view.name}
                {view.count !== undefined && <span className="tabular text-xs">{format.number(view.count)}</span>}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
