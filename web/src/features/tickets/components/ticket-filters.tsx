import type { Table } from "@tanstack/react-table";
import { ListFilter, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { PRIORITIES, TICKET_STATES, type TicketSummary } from "@/api/types";
import { SearchField } from "@/components/search-field";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/input";
import { Menu, MenuCheckItem, MenuContent, MenuLabel, MenuSeparator, MenuTrigger } from "@/components/ui/menu";
import { TableMenu } from "@/components/ui/table-menu";
import { useFormat } from "@/lib/use-format";
import { SORTS, isFiltered, type Sort, type TicketFilter } from "../data/filters";
import { useAgents, useTicketCounts } from "../data/queries";

interface TicketFiltersProps {
  filter: TicketFilter;
  change: (part: Partial<TicketFilter>) => void;
  clear: () => void;
  table: Table<TicketSummary>;
}

export function TicketFilters({ filter, change, clear, table }: TicketFiltersProps) {
  const { t } = useTranslation();
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <SearchField label={t("ticket.search")} value={filter.q} onChange={(q) => change({ q })} />
        <FacetMenu filter={filter} change={change} />
        <AssigneeSelect value={filter.assignee} onChange={(assignee) => change({ assignee })} />
        <Select
          aria-label={t("ticket.sort")}
          value={filter.sort}
          onChange={(event) => change({ sort: event.target.value as Sort })}
          className="w-auto"
        >
          {SORTS.map((sort) => (
            <option key={sort} value={sort}>
              {t(`ticketSort.${sort.replace("-", "")}`)}
            </option>
          ))}
        </Select>
        <TableMenu table={table} />
      </div>
      {isFiltered(filter) && <Chips filter={filter} change={change} clear={clear} />}
    </div>
  );
}

function toggled<T>(list: T[], each: T): T[] {
  return list.includes(each) ? list.filter((other) => other !== each) : [...list, each];
}

function FacetMenu({ filter, change }: Pick<TicketFiltersProps, "filter" | "change">) {
  const { t } = useTranslation();
  const format = useFormat();
  const counts = useTicketCounts().data?.by_state;
  const chosen = filter.state.length + filter.priority.length;
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button>
          <ListFilter aria-hidden />
          {t("ticket.filter")}
          {chosen > 0 && <Badge tone="accent">{format.number(chosen)}</Badge>}
        </Button>
      </MenuTrigger>
      <MenuContent align="start" className="min-w-60">
        <MenuLabel>{t("ticket.state")}</MenuLabel>
        {TICKET_STATES.map((state) => (
          <MenuCheckItem
            key={state}
            checked={filter.state.includes(state)}
            onSelect={(event) => event.preventDefault()}
            onCheckedChange={() => change({ state: toggled(filter.state, state) })}
          >
            <span className="flex-1">{t(`ticketState.${state}`)}</span>
            {counts && <span className="tabular text-xs text-muted-foreground">{format.number(counts[state] ?? 0)}</span>}
          </MenuCheckItem>
        ))}
        <MenuSeparator />
        <MenuLabel>{t("ticket.priority")}</MenuLabel>
        {PRIORITIES.map((priority) => (
          <MenuCheckItem
            key={priority}
            checked={filter.priority.includes(priority)}
            onSelect={(event) => event.preventDefault()}
            onCheckedChange={() => change({ priority: toggled(filter.priority, priority) })}
          >
            {t(`priority.${priority}`)}
          </MenuCheckItem>
        ))}
      </MenuContent>
    </Menu>
  );
}

function AssigneeSelect({ value, onChange }: { value: string | null; onChange: (value: string | null) => void }) {
  const { t } = useTranslation();
  const agents = useAgents(true).data ?? [];
  return (
    <Select
      aria-label={t("ticket.assignee")}
      value={value ?? ""}
      onChange={(event) => onChange(event.target.value || null)}
      className="w-auto max-w-48"
    >
      <option value="">{t("ticket.everybody")}</option>
      <option value="me">{t("ticket.mine")}</option>
      <option value="none">{t("ticket.unassigned")}</option>
      {agents.map((agent) => (
        <option key={agent.id} value={agent.id}>
          {agent.name}
        </option>
      ))}
    </Select>
  );
}

function Chips({ filter, change, clear }: Omit<TicketFiltersProps, "table">) {
  const { t } = useTranslation();
  const agents = useAgents(true).data ?? [];
  const chips: { name: string; remove: () => void }[] = [
    ...filter.state.map((state) => ({ name: t(`ticketState.${state}`), remove: () => change({ state: toggled(filter.state, state) }) })),
    ...filter.priority.map((priority) => ({
      name: t(`priority.${priority}`),
      remove: () => change({ priority: toggled(filter.priority, priority) }),
    })),
  ];
  if (filter.assignee) {
    const known: Record<string, string> = { me: t("ticket.mine"), none: t("ticket.unassigned") };
    const name = known[filter.assignee] ?? agents.find((agent) => agent.id === filter.assignee)?.name ?? t("ticket.assignee");
    chips.push({ name, remove: () => change({ assignee: null }) });
  }
  if (filter.q) chips.push({ name: `“${filter.q}”`, remove: () => change({ q: "" }) });
  return (
    <ul className="flex flex-wrap items-center gap-1.5">
      {chips.map(({ name, remove }) => (
        <li key={name}>
          <Button size="sm" onClick={remove} aria-label={t("ticket.removeFilter", { name })} className="rounded-full font-normal">
            <bdi>{name}</bdi>
            <X aria-hidden className="size-3.5" />
          </Button>
        </li>
      ))}
      <li>
        <Button size="sm" variant="ghost" onClick={clear}>
          {t("ticket.clearFilters")}
        </Button>
      </li>
    </ul>
  );
}
