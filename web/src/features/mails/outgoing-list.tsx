import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import type { TFunction } from "i18next";
import { Send } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { DELIVERY_STATES, OUTGOING_KINDS, type OutgoingMail } from "@/api/types";
import { Clip } from "@/components/clip";
import { DataList } from "@/components/list/data-list";
import { FilterBar } from "@/components/list/filter-bar";
import { RowTitle } from "@/components/list/row-title";
import { Ltr } from "@/components/mono";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Badge, type Tone } from "@/components/ui/badge";
import { useDataTable } from "@/components/ui/use-data-table";
import { useUrlFilter } from "@/lib/url-filter";
import { hasTrouble, OUTGOING_FILTER, outgoingState, useOutgoingMails, type OutgoingState } from "./data/outgoing";

const TONES: Record<OutgoingState, Tone> = {
  queued: "neutral",
  deferred: "warning",
  sent: "info",
  delivered: "success",
  failed: "danger",
  bounced: "danger",
  complained: "danger",
  suppressed: "warning",
};

/** To whom mail goes out, and what becomes of it; what it says is told nowhere here. */
export function OutgoingListPage() {
  const { t } = useTranslation();
  const list = useUrlFilter(OUTGOING_FILTER);
  const { query, rows } = useOutgoingMails(list.filter);
  const columns = useMemo(() => columnsOf(t), [t]);
  const table = useDataTable({ name: "outgoing-mails", rows, columns, rowId: (mail) => mail.id });
  return (
    <Page title={t("nav.outgoingMails")} description={t("outgoing.text")} width="wide">
      <FilterBar
        list={list}
        search={{ key: "q", label: t("outgoing.search") }}
        facets={[
          { key: "state", many: true, label: t("mail.state"), options: DELIVERY_STATES.map((value) => ({ value, label: t(`outgoingState.${value}`) })) },
          { key: "kind", many: true, label: t("mail.class"), options: OUTGOING_KINDS.map((value) => ({ value, label: t(`outgoingKind.${value}`) })) },
        ]}
        table={table}
      />
      <DataList table={table} query={query} filter={list} label={t("nav.outgoingMails")} empty={{ icon: Send, title: t("outgoing.none") }} />
    </Page>
  );
}

const column = createColumnHelper<OutgoingMail>();

function columnsOf(t: TFunction): ColumnDef<OutgoingMail, never>[] {
  const badge = (mail: OutgoingMail) => {
    const state = outgoingState(mail);
    return <Badge tone={TONES[state]}>{t(`outgoingState.${state}`)}</Badge>;
  };
  const detail = (mail: OutgoingMail) => mail.detail && hasTrouble(outgoingState(mail)) && <bdi className="min-w-0 wrap-anywhere">{mail.detail}</bdi>;
  return [
    column.accessor("state", {
      header: t("mail.state"),
      meta: { name: t("mail.state"), className: "hidden sm:table-cell w-40" },
      cell: ({ row }) => badge(row.original),
    }),
    column.accessor("recipient", {
      header: t("mail.to"),
      cell: ({ row: { original: mail } }) => (
        <RowTitle
          to={mail.ticket_id ? `/desk/tickets/${mail.ticket_id}` : undefined}
          sub={detail(mail)}
          phone={
            <>
              {badge(mail)}
              <span>{t(`outgoingKind.${mail.kind}`)}</span>
              <Time at={mail.created_at} className="shrink-0" />
              {detail(mail)}
            </>
          }
        >
          <Ltr>{mail.recipient}</Ltr>
        </RowTitle>
      ),
    }),
    column.accessor("subject", {
      header: t("mail.subject"),
      meta: { name: t("mail.subject"), className: "hidden lg:table-cell" },
      cell: ({ row: { original: mail } }) => (
        <Clip>
          <bdi>{mail.subject || t("common.noSubject")}</bdi>
        </Clip>
      ),
    }),
    column.accessor("kind", {
      header: t("mail.class"),
      meta: { name: t("mail.class"), className: "hidden md:table-cell w-44" },
      cell: ({ row: { original: mail } }) => <Clip>{t(`outgoingKind.${mail.kind}`)}</Clip>,
    }),
    column.accessor("created_at", {
      header: t("outgoing.written"),
      meta: { name: t("outgoing.written"), className: "hidden sm:table-cell w-32" },
      cell: ({ getValue }) => <Time at={getValue()} className="block truncate text-muted-foreground" />,
    }),
  ] as ColumnDef<OutgoingMail, never>[];
}
