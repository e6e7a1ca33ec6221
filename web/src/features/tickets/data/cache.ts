import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { Page, Ticket, TicketSummary } from "@/api/types";

type Lists = InfiniteData<Page<TicketSummary>>;

/** Writes a change into every list and page that shows the ticket; what it returns takes it back. */
export function patchTicket(queries: QueryClient, id: string, part: Partial<Ticket>): () => void {
  const ticket = queries.getQueryData<Ticket>(["ticket", id]);
  if (ticket) queries.setQueryData<Ticket>(["ticket", id], { ...ticket, ...part });
  const lists = queries.getQueriesData<Lists>({ queryKey: ["tickets", "list"] });
  for (const [key, data] of lists) {
    if (data) queries.setQueryData<Lists>(key, patchPages(data, id, part));
  }
  return () => {
    if (ticket) queries.setQueryData(["ticket", id], ticket);
    for (const [key, data] of lists) queries.setQueryData(key, data);
  };
}

function patchPages(data: Lists, id: string, part: Partial<Ticket>): Lists {
  const holds = data.pages.some((page) => page.items.some((row) => row.id === id));
  if (!holds) return data;
  const pages = data.pages.map((page) => ({ ...page, items: page.items.map((row) => (row.id === id ? { ...row, ...part } : row)) }));
  return { ...data, pages };
}
