import { ArrowRight, Download, ScrollText, SearchX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import type { AuditLine } from "@/api/types";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { ListSkeleton } from "@/components/list-skeleton";
import { Ltr, Mono } from "@/components/mono";
import { Page } from "@/components/page";
import { SearchField } from "@/components/search-field";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import { useMay } from "@/features/shell/use-user";
import { facts } from "./data/facts";
import { FIELDS, useAudit, useAuditExport, type AuditFilter } from "./data/queries";

const NONE: AuditFilter = { action: "", actor: "", subject: "", ip: "", from: "", to: "" };

export function AuditPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const filter = Object.fromEntries(FIELDS.map((name) => [name, search.get(name) ?? ""])) as unknown as AuditFilter;
  const lines = useAudit(filter);
  const download = useAuditExport();
  const mayExport = useMay("audit.export");
  const rows = lines.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = FIELDS.some((name) => filter[name] !== "");

  function change(part: Partial<AuditFilter>) {
    const params = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...filter, ...part })) if (value) params.set(name, value);
    setSearch(params, { replace: true });
  }

  return (
    <Page
      title={t("nav.audit")}
      description={t("trail.text")}
      width="wide"
      actions={
        mayExport && (
          <Button busy={download.isPending} onClick={() => download.mutate(filter)}>
            <Download aria-hidden />
            {t("trail.export")}
          </Button>
        )
      }
    >
      <div className="flex flex-wrap items-end gap-2">
        <SearchField label={t("trail.action")} value={filter.action} onChange={(action) => change({ action })} />
        <Narrow label={t("trail.subject")} value={filter.subject} onChange={(subject) => change({ subject })} />
        <Narrow label={t("trail.ip")} value={filter.ip} onChange={(ip) => change({ ip })} />
        <Narrow label={t("trail.from")} type="date" value={filter.from} onChange={(from) => change({ from })} />
        <Narrow label={t("trail.to")} type="date" value={filter.to} onChange={(to) => change({ to })} />
        {filtered && (
          <Button variant="ghost" onClick={() => change(NONE)}>
            {t("list.clear")}
          </Button>
        )}
      </div>
      <Card className="overflow-hidden">
        {lines.isPending ? (
          <ListSkeleton />
        ) : lines.isError && rows.length === 0 ? (
          <ErrorState error={lines.error} onRetry={() => void lines.refetch()} />
        ) : rows.length === 0 ? (
          <Empty icon={filtered ? SearchX : ScrollText} title={t(filtered ? "trail.noMatch" : "trail.noneYet")} />
        ) : (
          <ul aria-label={t("nav.audit")} className="divide-y">
            {rows.map((line) => (
              <Row key={line.id} line={line} onActor={(actor) => change({ actor })} onSubject={(subject) => change({ subject })} />
            ))}
          </ul>
        )}
      </Card>
      {lines.hasNextPage && (
        <Button className="justify-self-center" onClick={() => void lines.fetchNextPage()} busy={lines.isFetchingNextPage}>
          {t("common.more")}
        </Button>
      )}
    </Page>
  );
}

function Narrow({ label, value, onChange, type = "text" }: { label: string; value: string; onChange: (value: string) => void; type?: "text" | "date" }) {
  return (
    <label className="grid gap-1 text-xs text-muted-foreground">
      {label}
      <Input key={value} type={type} dir="ltr" defaultValue={value} className="w-40" onBlur={(event) => onChange(event.target.value.trim())} onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()} />
    </label>
  );
}

interface RowProps {
  line: AuditLine;
  onActor: (id: string) => void;
  onSubject: (id: string) => void;
}

function Row({ line, onActor, onSubject }: RowProps) {
  const { t } = useTranslation();
  const said = facts(line.data);
  const actor = line.actor;
  const subject = line.subject_id;
  return (
    <li className="grid gap-x-4 gap-y-1 px-4 py-2.5 text-sm md:grid-cols-[9rem_14rem_minmax(0,1fr)]">
      <span className="text-muted-foreground">
        <Time at={line.at} />
        {line.ip && <Ltr className="block text-xs">{line.ip}</Ltr>}
      </span>
      <span className="min-w-0">
        {actor ? (
          <button type="button" className="max-w-full truncate text-start hover:underline" aria-label={t("trail.onlyActor", { name: actor.name || actor.email })} onClick={() => onActor(actor.id)}>
            <bdi>{actor.name || actor.email}</bdi>
          </button>
        ) : (
          t(`actorKind.${line.actor_kind}`)
        )}
        {actor && <Ltr className="block truncate text-xs text-muted-foreground">{actor.email}</Ltr>}
      </span>
      <span className="min-w-0">
        <span className="flex flex-wrap items-center gap-2">
          <Mono>{line.action}</Mono>
          <Badge>{line.subject_type}</Badge>
          {subject && (
            <button type="button" className="text-xs text-muted-foreground hover:underline" aria-label={t("trail.onlySubject", { id: subject })} onClick={() => onSubject(subject)}>
              <Ltr>{subject}</Ltr>
            </button>
          )}
        </span>
        {said.length > 0 && (
          <dl className="mt-1 grid gap-0.5 text-xs">
            {said.map((fact) => (
              <div key={fact.field} className="flex flex-wrap gap-x-1.5">
                <dt className="text-muted-foreground">
                  <Ltr>{fact.field}</Ltr>
                </dt>
                <dd className="flex min-w-0 flex-wrap gap-x-1.5">
                  {fact.from !== undefined && (
                    <>
                      <bdi className="break-all line-through opacity-70">{fact.from}</bdi>
                      <ArrowRight aria-hidden className="flip-rtl size-3.5 self-center" />
                    </>
                  )}
                  <bdi className="break-all">{fact.to}</bdi>
                </dd>
              </div>
            ))}
          </dl>
        )}
      </span>
    </li>
  );
}
