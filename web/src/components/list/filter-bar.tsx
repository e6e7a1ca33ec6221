import type { Table } from "@tanstack/react-table";
import { ListFilter } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { SearchField } from "@/components/search-field";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/input";
import { Menu, MenuCheckItem, MenuContent, MenuLabel, MenuTrigger } from "@/components/ui/menu";
import { TableMenu } from "@/components/ui/table-menu";
import type { UrlFilter } from "@/lib/url-filter";
import { useFormat } from "@/lib/use-format";
import { FilterChips } from "./filter-chips";

export interface FacetOption {
  value: string;
  label: string;
  /** Rows that have it, when the server tells. */
  count?: number;
}

/** One question of a filter: several answers at once, as a list of words in the filter, or one. */
export type Facet<F> = { key: keyof F & string; label: string; options: FacetOption[] } & (
  | { many: true }
  | { many?: false; /** Says that it is not asked; without it the bar has no field for it, only its chip. */ any?: string }
);

interface FilterBarProps<F, T> {
  list: UrlFilter<F>;
  search?: { key: keyof F & string; label: string };
  facets: Facet<F>[];
  order?: { key: keyof F & string; label: string; options: FacetOption[] };
  /** Its columns and its density can be chosen. */
  table?: Table<T>;
  children?: ReactNode;
}

/** What a list can be asked: search, facets, order and columns; below them what is asked at present, each part removable. */
export function FilterBar<F extends object, T>({ list, search, facets, order, table, children }: FilterBarProps<F, T>) {
  const { filter, change } = list;
  const set = (key: keyof F & string, value: unknown) => change({ [key]: value } as Partial<F>);
  const several = facets.filter((facet) => facet.many);
  const single = facets.flatMap((facet) => (facet.many || facet.any === undefined ? [] : [facet]));
  return (
    <div className="grid grid-cols-1 gap-2">
      <div className="flex flex-wrap items-center gap-2">
        {search && <SearchField label={search.label} value={String(filter[search.key])} onChange={(text) => set(search.key, text)} />}
        {several.length > 0 && <FacetMenu list={list} facets={several} />}
        {single.map(({ key, label, any, options }) => (
          <Select key={key} aria-label={label} value={String(filter[key])} onChange={(event) => set(key, event.target.value)} className="w-auto max-w-48 max-sm:max-w-[48%]">
            <option value="">{any}</option>
            {options.map(({ value, label: name }) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </Select>
        ))}
        {order && (
          <Select aria-label={order.label} value={String(filter[order.key])} onChange={(event) => set(order.key, event.target.value)} className="w-auto max-sm:max-w-[48%]">
            {order.options.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        )}
        {children}
        {table && <TableMenu table={table} />}
      </div>
      {list.active && <FilterChips list={list} facets={facets} search={search?.key} />}
    </div>
  );
}

export function toggled(list: readonly string[], each: string): string[] {
  return list.includes(each) ? list.filter((other) => other !== each) : [...list, each];
}

function FacetMenu<F extends object>({ list: { filter, change }, facets }: { list: UrlFilter<F>; facets: Facet<F>[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const chosen = (key: keyof F) => filter[key] as string[];
  const total = facets.reduce((sum, { key }) => sum + chosen(key).length, 0);
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button>
          <ListFilter aria-hidden />
          {t("list.filter")}
          {total > 0 && <Badge tone="accent">{format.number(total)}</Badge>}
        </Button>
      </MenuTrigger>
      <MenuContent align="start" className="min-w-60">
        {facets.map(({ key, label, options }) => (
          <div key={key} role="group" aria-label={label}>
            <MenuLabel aria-hidden>{label}</MenuLabel>
            {options.map(({ value, label: name, count }) => (
              <MenuCheckItem
                key={value}
                checked={chosen(key).includes(value)}
                onSelect={(event) => event.preventDefault()}
                onCheckedChange={() => change({ [key]: toggled(chosen(key), value) } as Partial<F>)}
              >
                <span className="flex-1">{name}</span>
                {count !== undefined && <span className="tabular text-xs text-muted-foreground">{format.number(count)}</span>}
              </MenuCheckItem>
            ))}
          </div>
        ))}
      </MenuContent>
    </Menu>
  );
}
