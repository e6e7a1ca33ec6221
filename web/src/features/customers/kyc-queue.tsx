import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import type { TFunction } from "i18next";
import { ClipboardCheck } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { Clip } from "@/components/clip";
import { DataList } from "@/components/list/data-list";
import { FilterBar } from "@/components/list/filter-bar";
import { RowTitle } from "@/components/list/row-title";
import { Views } from "@/components/list/views";
import { Ltr } from "@/components/mono";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { useDataTable } from "@/components/ui/use-data-table";
import { useMay } from "@/features/shell/use-user";
import { useUrlFilter } from "@/lib/url-filter";
import { useFormat } from "@/lib/use-format";
import { useNow } from "@/lib/use-now";
import { IdentityBadge } from "./components/badges";
import { useKycStep } from "./data/kyc";
import { KYC_FILTER, KYC_SORTS, useKycQueue, type Waiting } from "./data/queue";
import { useStatistics } from "./data/queries";

const column = createColumnHelper<Waiting>();

const ORDERS = { submitted_at: "kycQueue.longest", "-submitted_at": "kycQueue.latest", opened_at: "kycQueue.oldest", "-opened_at": "kycQueue.newest" } as const;

/** Where a case is examined: its papers on one side, the decision on the other. */
const review = ({ customer_id }: Waiting) => `/desk/customers/${customer_id}?tab=identity`;

/** Verifications of identity that wait, the longest waiting first unless asked otherwise. */
export function KycQueuePage() {
  const { t } = useTranslation();
  const list = useUrlFilter(KYC_FILTER);
  const { query, rows } = useKycQueue(list.filter);
  const reviews = useMay("kyc.review");
  const counts = useStatistics().data?.by_kyc_state;
  const columns = useMemo(() => queueColumns(t, reviews), [t, reviews]);
  const table = useDataTable({ name: "kyc-queue", rows, columns, rowId: (waiting) => waiting.customer_id });
  return (
    <Page title={t("nav.kyc")} description={t("kycQueue.text")} width="wide">
      <Views
        name="kyc_reviews"
        list={list}
        views={[
          { name: t("kycQueue.all"), filter: {} },
          { name: t("kycQueue.unclaimed"), filter: { state: "submitted" }, count: counts && (counts.submitted ?? 0) },
          { name: t("kycQueue.claimed"), filter: { state: "in_review" }, count: counts && (counts.in_review ?? 0) },
          { name: t("kycQueue.mine"), filter: { mine: "yes" } },
        ]}
      />
      <FilterBar list={list} facets={[]} order={{ key: "sort", label: t("customer.sort"), options: KYC_SORTS.map((value) => ({ value, label: t(ORDERS[value]) })) }} table={table} />
      <DataList
        table={table}
        query={query}
        sort={list.filter.sort}
        onSort={(sort) => list.change({ sort: sort as (typeof KYC_SORTS)[number] })}
        label={t("nav.kyc")}
        // Nobody waiting is good news, not a search that found nothing.
        empty={{ icon: ClipboardCheck, title: t("kycQueue.none"), text: t("kycQueue.noneText") }}
        expected={6}
        href={review}
      />
    </Page>
  );
}

function queueColumns(t: TFunction, reviews: boolean): ColumnDef<Waiting, never>[] {
  const actions = (waiting: Waiting) => reviews && waiting.state === "submitted" && <Claim waiting={waiting} />;
  return [
    column.accessor("number", {
      header: t("customer.number"),
      meta: { className: "hidden md:table-cell w-24" },
      cell: ({ getValue }) => <Ltr className="tabular text-muted-foreground">{getValue()}</Ltr>,
    }),
    column.accessor("name", {
      header: t("customer.name"),
      cell: ({ row: { original: waiting } }) => (
        <RowTitle
          to={review(waiting)}
          phone={
            <>
              <Standing waiting={waiting} />
              <Waited since={waiting.submitted_at} />
              {waiting.reviewer && <bdi>{waiting.reviewer}</bdi>}
              {actions(waiting)}
            </>
          }
        >
          {waiting.name}
        </RowTitle>
      ),
    }),
    column.accessor("kind", {
      header: t("customer.kind"),
      meta: { className: "hidden xl:table-cell w-32" },
      cell: ({ row }) => <span className="text-muted-foreground">{t(`customerKind.${row.original.kind}`)}</span>,
    }),
    column.accessor("waiting_seconds", {
      header: t("kycQueue.waits"),
      meta: { name: t("kycQueue.waits"), className: "hidden sm:table-cell w-28" },
      cell: ({ row }) => <Waited since={row.original.submitted_at} />,
    }),
    column.accessor("submitted_at", {
      header: t("kycQueue.submitted"),
      meta: { name: t("kycQueue.submitted"), className: "hidden md:table-cell w-40", sorts: ["submitted_at", "-submitted_at"] },
      cell: ({ getValue }) => <Time at={getValue()} full className="text-muted-foreground" />,
    }),
    column.accessor("opened_at", {
      header: t("kycQueue.opened"),
      meta: { name: t("kycQueue.opened"), className: "hidden 2xl:table-cell w-34", sorts: ["opened_at", "-opened_at"] },
      cell: ({ getValue }) => <Time at={getValue()} className="text-muted-foreground" />,
    }),
    column.accessor("state", {
      header: t("customer.status"),
      meta: { className: "hidden sm:table-cell w-48" },
      cell: ({ row }) => <Standing waiting={row.original} />,
    }),
    column.accessor("reviewer", {
      header: t("kycQueue.reviewer"),
      meta: { className: "hidden lg:table-cell w-44" },
      cell: ({ getValue }) => <Clip>{getValue() ?? ""}</Clip>,
    }),
    column.display({
      id: "actions",
      header: () => <span className="sr-only">{t("common.actions")}</span>,
      meta: { className: "hidden sm:table-cell w-36 text-end" },
      cell: ({ row }) => actions(row.original),
    }),
  ] as ColumnDef<Waiting, never>[];
}

/** Where it stands, and whether an approval is in force meanwhile. */
function Standing({ waiting }: { waiting: Waiting }) {
  const { t } = useTranslation();
  return (
    <span className="inline-flex flex-wrap gap-1">
      <IdentityBadge state={waiting.state} />
      {waiting.renewal && <Badge>{t("identity.renewal")}</Badge>}
    </span>
  );
}

/** How long a case waits, by this minute. */
function Waited({ since }: { since: string }) {
  const format = useFormat();
  const now = useNow();
  return (
    <time dateTime={since} title={format.exact(since)} className="tabular">
      {format.duration(Math.max(60_000, now - Date.parse(since)))}
    </time>
  );
}

/** Takes a case and opens it. */
function Claim({ waiting }: { waiting: Waiting }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const step = useKycStep(waiting.customer_id);
  // Claimed, the row has no button any more: what follows must not depend on it.
  const claim = () =>
    void step.mutateAsync("claim").then(
      () => navigate(review(waiting)),
      () => undefined,
    );
  return (
    <Button size="sm" busy={step.isPending} aria-label={t("kycQueue.claimOf", { name: waiting.name })} onClick={claim}>
      {t("identity.claim")}
    </Button>
  );
}
