import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, call } from "@/api/client";
import type { Project } from "@/api/types";
import type { Choices } from "./choices";

/** As many as one page holds: a person who sees more finds the rest by its customer. */
const LIMIT = 200;

/** Which projects are offered; all that the reader sees where nothing is said. */
interface Offer {
  /** Of this customer. */
  customer?: string;
  /** Those that the reader may file this ticket under. */
  ticket?: string;
  /** Those that a ticket of this address can be opened in; for staff. */
  requester?: string;
  enabled?: boolean;
}

/** The projects in use that the reader sees; undefined until they are known. */
export function useProjects({ customer, ticket, requester, enabled = true }: Offer = {}): Project[] | undefined {
  return useQuery({
    queryKey: ["projects", "offered", customer, ticket, requester],
    enabled,
    staleTime: 60_000,
    meta: { aside: true },
    queryFn: ({ signal }) => call(api.GET("/api/v1/projects", { params: { query: { customer_id: customer, ticket_id: ticket, requester, archived: false, limit: LIMIT } }, signal })),
    select: ({ items }) => items,
  }).data;
}

/** A project with the people who may be assigned to it. */
export function useProject(id: string, enabled = true) {
  return useQuery({
    queryKey: ["projects", "one", id],
    enabled,
    queryFn: ({ signal }) => call(api.GET("/api/v1/projects/{id}", { params: { path: { id } }, signal })),
  });
}

/** Of the people who may be assigned to a project those whose name or address has these letters. */
export function useProjectPeople(id: string, q: string) {
  return useQuery({
    queryKey: ["projects", "one", id, "people", q],
    enabled: q !== "",
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => call(api.GET("/api/v1/projects/{id}", { params: { path: { id }, query: { q } }, signal })),
  });
}

/** Projects as choices: with the customer's name where they are of several. */
export function projectChoices(projects: readonly Project[] | undefined): Choices {
  const several = new Set(projects?.map(({ customer }) => customer.id)).size > 1;
  return projects?.map(({ id, name, customer }) => ({ value: id, label: several ? `${name} (${customer.name})` : name }));
}
