import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import type { UrlFilter } from "@/lib/url-filter";
import { toggled, type Facet } from "./filter-bar";

interface FilterChipsProps<F> {
  list: UrlFilter<F>;
  facets: Facet<F>[];
  search?: keyof F & string;
}

/** Everything that hides rows at present; a press takes it away. */
export function FilterChips<F extends object>({ list: { filter, change, clear }, facets, search }: FilterChipsProps<F>) {
  const { t } = useTranslation();
  const set = (key: keyof F, value: unknown) => change({ [key]: value } as Partial<F>);
  const chips = facets.flatMap((facet) => {
    const name = (value: string) => facet.options.find((option) => option.value === value)?.label ?? `${t("common.label", { name: facet.label })}${value}`;
    const value = filter[facet.key];
    if (Array.isArray(value)) return (value as string[]).map((each) => ({ name: name(each), remove: () => set(facet.key, toggled(value as string[], each)) }));
    return value ? [{ name: name(String(value)), remove: () => set(facet.key, "") }] : [];
  });
  if (search && filter[search]) chips.push({ name: t("common.quoted", { text: String(filter[search]) }), remove: () => set(search, "") });
  return (
    <ul className="flex flex-wrap items-center gap-1.5">
      {chips.map(({ name, remove }) => (
        <li key={name}>
          <Button size="sm" onClick={remove} aria-label={t("list.removeFilter", { name })} className="rounded-full font-normal">
            <bdi>{name}</bdi>
            <X aria-hidden className="size-3.5" />
          </Button>
        </li>
      ))}
      <li>
        <Button size="sm" variant="ghost" onClick={clear}>
          {t("list.clear")}
        </Button>
      </li>
    </ul>
  );
}
