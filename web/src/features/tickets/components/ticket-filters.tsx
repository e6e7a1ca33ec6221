import type { Table } from "@tanstack/react-table";
import { useTranslation } from "react-i18next";
import { PRIORITIES, TICKET_STATES, type TicketSummary } from "@/api/types";
import { FilterBar } from "@/components/list/filter-bar";
import { Views } from "@/components/list/views";
import { useMay } from "@/features/shell/use-user";
import type { UrlFilter } from "@/lib/url-filter";
import { named } from "@/lib/choices";
import { useAgents } from "@/lib/use-agents";
import { choices, useCategories } from "@/lib/use-categories";
import { useTags } from "@/lib/use-tags";
import { DUES, SORTS, type TicketFilter } from "../data/filters";
import { useTicketCounts } from "../data/queries";
import { useMoreFacets } from "../data/use-more-facets";
import { useProjectFacet } from "../data/use-project-facet";
import { useMoreFilters } from "./use-more-filters";

interface TicketFiltersProps {
  list: UrlFilter<TicketFilter>;
  table: Table<TicketSummary>;
}

/** The lists an agent works through all day, and everything else he may ask. */
export function TicketFilters({ list, table }: TicketFiltersProps) {
  const { t } = useTranslation();
  const { data } = useTicketCounts();
  const agents = useAgents();
  const categories = useCategories();
  const mayProjects = useMay("projects.view");
  const project = useProjectFacet(list.filter.project, mayProjects);
  const facets = useMoreFacets(list.filter);
  const more = useMoreFilters(list, true);
  const { tag: wanted } = list.filter;
  // What is asked for stays a choice, be it retired or gone.
  const words = useTags()?.filter(({ retired }) => !retired).map(({ name }) => name) ?? [];
  const tags = wanted === "" || words.includes(wanted) ? words : [wanted, ...words];
  const counts = data?.by_state;
  return (
    <>
      <Views
        name="tickets"
        list={list}
        views={[
          { name: t("view.all"), filter: {} },
          { name: t("view.open"), filter: { state: ["open"] }, count: counts?.open },
          { name: t("view.mine"), filter: { assignee: "me" }, count: data?.mine },
          { name: t("view.unassigned"), filter: { assignee: "none" }, count: data?.unassigned },
          { name: t("view.overdue"), filter: { due: "overdue", sort: "due_at" } },
          { name: t("view.soon"), filter: { due: "soon", sort: "due_at" } },
          { name: t("view.escalated"), filter: { escalated: "open" }, count: data?.escalated },
          { name: t("view.aside"), filter: { aside: "only" } },
          { name: t("ticketFilter.mentioned"), filter: { mentioned: "me" } },
          { name: t("view.waiting"), filter: { state: ["waiting_for_response"] }, count: counts?.waiting_for_response },
        ]}
      />
      <FilterBar
        list={list}
        search={{ key: "q", label: t("ticket.search") }}
        facets={[
          {
            key: "state",
            many: true,
            label: t("ticket.state"),
            options: TICKET_STATES.map((value) => ({ value, label: t(`ticketState.${value}`), count: counts && (counts[value] ?? 0) })),
          },
          { key: "priority", many: true, label: t("ticket.priority"), options: PRIORITIES.map((value) => ({ value, label: t(`priority.${value}`) })) },
          {
            key: "assignee",
            label: t("ticket.assignee"),
            any: t("ticket.everybody"),
            options: [
              { value: "me", label: t("ticket.mine") },
              { value: "none", label: t("ticket.unassigned") },
              ...(named(agents) ?? []),
            ],
          },
          {
            key: "category",
            label: t("ticket.category"),
            any: t("ticket.anyCategory"),
            options: [{ value: "none", label: t("ticket.noCategory") }, ...(choices(categories, list.filter.category) ?? [])],
          },
          { key: "tag", label: t("ticket.tag"), any: t("ticket.anyTag"), options: tags.map((value) => ({ value, label: value })) },
          ...(mayProjects ? [project] : []),
          { key: "escalated", label: t("escalation.filter"), any: t("escalation.any"), options: [{ value: "open", label: t("escalation.open") }] },
          {
            key: "aside",
            label: t("aside.filter"),
            any: t("aside.hidden"),
            options: [
              { value: "only", label: t("aside.only") },
              { value: "all", label: t("aside.all") },
            ],
          },
          {
            key: "spam",
            label: t("ticketFilter.spam"),
            any: t("ticketFilter.spamClosed"),
            options: [
              { value: "yes", label: t("ticketFilter.spamOnly") },
              { value: "all", label: t("ticketFilter.spamToo") },
            ],
          },
          { key: "due", label: t("slaPanel.filter"), any: t("slaPanel.any"), options: DUES.map((value) => ({ value, label: t(`slaPanel.${value}`) })) },
          ...facets,
        ]}
        order={{ key: "sort", label: t("ticket.sort"), options: SORTS.map((value) => ({ value, label: t(`ticketSort.${value.replace(/^-/, "")}`) })) }}
        table={table}
      >
        {more.button}
      </FilterBar>
      {more.panel}
    </>
  );
}
