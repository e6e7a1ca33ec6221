import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, call, callAs, ifMatch } from "@/api/client";
import type { components } from "@/api/schema";
import type { Page } from "@/api/types";
import { sendFile } from "@/api/upload";
import { onLive } from "@/live/hub";
import { one } from "@/lib/url-filter";
import { useList } from "@/lib/use-list";

type Schemas = components["schemas"];
export type ImportSummary = Schemas["CustomerImportSummary"];
export type Import = Schemas["CustomerImport"] & { version: number };
export type ImportRow = Schemas["CustomerImportRow"];
export type ImportColumn = Schemas["CustomerImportColumn"];
export type ImportState = Schemas["CustomerImportState"];

/** The server's own limit for a file of customers. */
export const LARGEST_LIST = 20_000_000;
export const LIST_TYPES = [".csv", ".txt", ".tsv"] as const;

export const COLUMNS: readonly ImportColumn[] = [
  "kind",
  "company_name",
  "legal_form",
  "first_name",
  "last_name",
  "email",
  "phone",
  "website",
  "locale",
  "nif",
  "nis",
  "rc",
  "ai",
  "rib",
  "nin",
  "external_id",
  "tags",
  "line1",
  "line2",
  "postal_code",
  "city",
  "wilaya",
  "country",
];

export const OUTCOMES = ["faulty", "valid", "imported", "duplicate", "rejected"] as const;
type Outcome = (typeof OUTCOMES)[number];
export const ROWS = { outcome: one(OUTCOMES) };

export const isWorking = (state: ImportState) => state === "checking" || state === "importing";

export function sendList(file: File, onProgress: (percent: number) => void, signal: AbortSignal): Promise<{ id: string }> {
  return sendFile<{ id: string }>("/api/v1/customers/imports", {}, file, onProgress, signal);
}

export function useImports() {
  return useList<ImportSummary>(["imports", "list"], (cursor, signal) =>
    callAs<Page<ImportSummary>>(api.GET("/api/v1/customers/imports", { params: { query: { cursor, limit: 50 } }, signal })),
  );
}

/** The version stands in the ETag; the body does not repeat it. */
export function useImport(id: string) {
  return useQuery({
    queryKey: ["imports", id],
    queryFn: async ({ signal }): Promise<Import> => {
      const answer = await api.GET("/api/v1/customers/imports/{id}", { params: { path: { id } }, signal });
      const body = await call(Promise.resolve(answer));
      return { ...body, version: Number((answer.response.headers.get("etag") ?? "").replaceAll('"', "")) };
    },
  });
}

export function useImportRows(id: string, step: string, outcome: Outcome | "", locale: Schemas["Language"]) {
  return useList<ImportRow>(
    ["imports", id, "rows", step, outcome, locale],
    (cursor, signal) =>
      callAs<Page<ImportRow>>(
        api.GET("/api/v1/customers/imports/{id}/rows", { params: { path: { id }, query: { outcome: outcome || undefined, locale, cursor, limit: 100 } }, signal }),
      ),
    ({ line }) => String(line),
  );
}

/** One step of an import; afterwards everything about imports is read again. */
function useStep<T>(work: (input: T) => Promise<unknown>) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained: true },
    mutationFn: work,
    onSettled: () => queries.invalidateQueries({ queryKey: ["imports"] }),
  });
}

export function useCheck({ id, version }: Import) {
  return useStep((body: { mapping: (ImportColumn | null)[]; shared_emails: boolean }) =>
    call(api.POST("/api/v1/customers/imports/{id}/check", { params: { path: { id }, header: ifMatch(version) }, body })),
  );
}

export function useConfirm({ id, fingerprint }: Import) {
  return useStep(() => call(api.POST("/api/v1/customers/imports/{id}/confirm", { params: { path: { id } }, body: { fingerprint: fingerprint ?? "" } })));
}

export function useCancel({ id }: Import) {
  return useStep(() => call(api.POST("/api/v1/customers/imports/{id}/cancel", { params: { path: { id } } })));
}

/** How far a job is, in percent, as it tells live; null before it said anything. */
export function useJobProgress(job: string | null | undefined): number | null {
  const [told, setTold] = useState<{ job: string; percent: number } | null>(null);
  useEffect(
    () =>
      onLive((event) => {
        if (!job || event.subject?.type !== "job" || event.subject.id !== job) return;
        const { progress } = (event.data ?? {}) as { progress?: number };
        if (typeof progress === "number") setTold({ job, percent: progress });
      }),
    [job],
  );
  return told && told.job === job ? told.percent : null;
}
