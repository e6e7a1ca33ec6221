import { keepPreviousData, useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { api, callAs } from "@/api/client";
import type { AuditLine, Page } from "@/api/types";
import { download } from "@/components/download";

/** What the explorer can be narrowed to; empty means all. */
export interface AuditFilter {
  action: string;
  actor: string;
  subject: string;
  ip: string;
  from: string;
  to: string;
}

export const FIELDS = ["action", "actor", "subject", "ip", "from", "to"] as const;

/** The filter as the server names it. A day is taken whole, in the reader's time. */
export function query(filter: AuditFilter) {
  const day = (text: string, plus: number) => {
    const at = new Date(`${text}T00:00:00`);
    if (Number.isNaN(at.getTime())) return undefined;
    at.setDate(at.getDate() + plus);
    return at.toISOString();
  };
  const subject = filter.subject.trim();
  const isId = /^[0-9a-f-]{36}$/i.test(subject);
  return {
    action: filter.action || undefined,
    actor_id: filter.actor || undefined,
    subject_id: isId ? subject : undefined,
    subject_type: isId ? undefined : subject || undefined,
    ip: filter.ip || undefined,
    from: filter.from ? day(filter.from, 0) : undefined,
    to: filter.to ? day(filter.to, 1) : undefined,
  };
}

export function useAudit(filter: AuditFilter) {
  return useInfiniteQuery({
    queryKey: ["audit", filter],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      callAs<Page<AuditLine>>(api.GET("/api/v1/audit", { params: { query: { ...query(filter), cursor: pageParam, limit: 50 } }, signal })),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}

export function useAuditExport() {
  return useMutation({
    mutationFn: async (filter: AuditFilter) => {
      const params = new URLSearchParams();
      for (const [name, value] of Object.entries(query(filter))) if (value) params.set(name, value);
      await download(`/api/v1/audit/export?${params}`, "audit.csv");
    },
  });
}
