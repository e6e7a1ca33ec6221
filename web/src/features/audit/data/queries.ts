import { useMutation } from "@tanstack/react-query";
import { api, callAs } from "@/api/client";
import type { AuditLine, Page } from "@/api/types";
import { download } from "@/components/download";
import { beginOf } from "@/lib/days";
import { search, word, type FilterOf } from "@/lib/url-filter";
import { useList } from "@/lib/use-list";

/** What the explorer can be narrowed to; `q` is a source address or the id of what a line is about. */
export const AUDIT_FILTER = { q: search(), kind: word(), action: word(), actor: word(), from: word(), to: word() };
export type AuditFilter = FilterOf<typeof AUDIT_FILTER>;

/** The filter as the server names it. A day is taken whole, in the reader's time. */
export function query({ q, kind, action, actor, from, to }: AuditFilter) {
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(q);
  return {
    action: action || undefined,
    actor_id: actor || undefined,
    subject_id: isId ? q : undefined,
    subject_type: kind || undefined,
    ip: !isId && q ? q : undefined,
    from: beginOf(from),
    to: beginOf(to, 1),
  };
}

export function useAudit(filter: AuditFilter) {
  return useList<AuditLine>(
    ["audit", filter],
    (cursor, signal) => callAs<Page<AuditLine>>(api.GET("/api/v1/audit", { params: { query: { ...query(filter), cursor, limit: 50 } }, signal })),
    ({ id }) => String(id),
  );
}

/** What one's own activity can be narrowed to. */
export const OWN_FILTER = { kind: word(), action: word(), from: word(), to: word() };

export function useOwnActivity(filter: FilterOf<typeof OWN_FILTER>) {
  const { action, subject_type, from, to } = query({ q: "", actor: "", ...filter });
  return useList<AuditLine>(
    ["me", "activity", filter],
    (cursor, signal) => callAs<Page<AuditLine>>(api.GET("/api/v1/me/activity", { params: { query: { action, subject_type, from, to, cursor, limit: 50 } }, signal })),
    ({ id }) => String(id),
  );
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
