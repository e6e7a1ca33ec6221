import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import { TICKET_SOURCES } from "@/api/types";
import type { Facet } from "@/components/list/filter-bar";
import { useAllowed } from "@/lib/use-allowed";
import { useFormat } from "@/lib/use-format";
import { useGroups } from "@/lib/use-groups";
import type { TicketFilter } from "./filters";

export type MoreFacet = Facet<TicketFilter>;

/** What a customer is called. */
function useCustomerName(id: string): string {
  const { t } = useTranslation();
  const may = useAllowed("customers.view");
  const { data, isError } = useQuery({
    queryKey: ["customers", id, "name"],
    enabled: id !== "" && may,
    staleTime: 5 * 60_000,
    meta: { aside: true },
    queryFn: async ({ signal }) => (await call(api.GET("/api/v1/customers/{id}", { params: { path: { id } }, signal }))).name,
  });
  return data ?? (isError || !may ? t("form.gone", { id }) : "…");
}

/** The questions of a list of tickets that are asked below its bar: what each is called, and what the present answer to it is. */
export function useMoreFacets(filter: TicketFilter): MoreFacet[] {
  const { t } = useTranslation();
  const format = useFormat();
  const groups = useGroups(filter.group !== "");
  const customer = useCustomerName(filter.customer);
  const group = groups ? (groups.find(({ id }) => id === filter.group)?.name ?? t("form.gone", { id: filter.group })) : "…";
  const said = (key: keyof TicketFilter & string, label: string, answer: string): MoreFacet => ({ key, label, options: [{ value: String(filter[key]), label: answer }] });
  const day = (key: "created_from" | "created_to" | "updated_from" | "updated_to"): MoreFacet =>
    said(key, t(`ticketFilter.${key}`), filter[key] && t(`ticketFilter.${key}_day`, { day: format.day(filter[key]) }));
  const named = (name: string, value: string) => `${t("common.label", { name })}${value}`;
  return [
    said("group", t("ticket.group"), named(t("ticket.group"), group)),
    said("customer", t("ticketFilter.customer"), named(t("ticketFilter.customer"), customer)),
    said("requester", t("ticket.requester"), filter.requester === "me" ? t("ticketFilter.byMe") : named(t("ticket.requester"), filter.requester)),
    { key: "source", label: t("ticketFilter.source"), options: TICKET_SOURCES.map((value) => ({ value, label: t(`ticketFilter.sources.${value}`) })) },
    { key: "mentioned", label: t("ticketFilter.mentions"), options: [{ value: "me", label: t("ticketFilter.mentioned") }] },
    ...(["order", "service", "invoice"] as const).map((key) => said(key, t(`ticketFilter.${key}`), named(t(`ticketFilter.${key}`), filter[key]))),
    day("created_from"),
    day("created_to"),
    day("updated_from"),
    day("updated_to"),
  ];
}

/** What of it is asked at present, in words. */
export function asked(facets: readonly MoreFacet[], filter: TicketFilter): string[] {
  return facets.flatMap(({ key, options }) => options.filter(({ value }) => value !== "" && value === filter[key]).map(({ label }) => label));
}
