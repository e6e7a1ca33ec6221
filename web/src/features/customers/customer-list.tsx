import { Download, Plus, SearchX, Users } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { download } from "@/components/download";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { ListSkeleton } from "@/components/list-skeleton";
import { Ltr } from "@/components/mono";
import { Page } from "@/components/page";
import { SearchField } from "@/components/search-field";
import { Time } from "@/components/time";
import { toastError } from "@/components/toast-error";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Select } from "@/components/ui/input";
import { LoadMore } from "@/components/ui/load-more";
import { useMay } from "@/features/shell/use-user";
import { CustomerStatusBadge, IdentityBadge } from "./components/badges";
import { SavedViews } from "./components/saved-views";
import { KINDS, KYC_STATES, STATUSES, useCustomers, useStatistics, type CustomerSummary, type Filter } from "./data/queries";

const FIELDS = ["q", "status", "kind", "kyc", "sort"] as const;

export function CustomerListPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const filter = Object.fromEntries(FIELDS.map((field) => [field, search.get(field) ?? ""])) as unknown as Filter;
  const customers = useCustomers(filter);
  const rows = customers.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = FIELDS.some((field) => field !== "sort" && filter[field] !== "");
  const exports = useMay("customers.export");
  const create = useMay("customers.create") && (
    <Button asChild variant="primary">
      <Link to="/desk/customers/new">
        <Plus aria-hidden />
        {t("customer.new")}
      </Link>
    </Button>
  );

  function change(part: Partial<Filter>) {
    const next = Object.entries({ ...filter, ...part }).filter(([, value]) => value !== "");
    setSearch(new URLSearchParams(next), { replace: "q" in part });
  }
  const choice = (field: "status" | "kind" | "kyc", label: string, all: string, values: readonly string[], name: (value: string) => string) => (
    <Select aria-label={label} value={filter[field]} onChange={(event) => change({ [field]: event.target.value })} className="w-auto">
      <option value="">{all}</option>
      {values.map((value) => (
        <option key={value} value={value}>
          {name(value)}
        </option>
      ))}
    </Select>
  );

  return (
    <Page title={t("nav.customers")} description={<Counts />} actions={
        <>
          {exports && (
            <Button onClick={() => void download(`/api/v1/customers/export?${exported(filter)}`, "customers.csv").catch(toastError)}>
              <Download aria-hidden />
              {t("customer.export")}
            </Button>
          )}
          {create}
        </>
      } width="wide">
      <div className="flex flex-wrap gap-2">
        <SearchField label={t("customer.search")} value={filter.q} onChange={(q) => change({ q })} />
        {choice("status", t("customer.status"), t("customer.allStatuses"), STATUSES, (value) => t(`customerStatus.${value}`))}
        {choice("kind", t("customer.kind"), t("customer.allKinds"), KINDS, (value) => t(`customerKind.${value}`))}
        {choice("kyc", t("identity.title"), t("customer.allIdentities"), KYC_STATES, (value) => t(`identityState.${value}`))}
        {filter.q === "" && (
          <Select aria-label={t("customer.sort")} value={filter.sort} onChange={(event) => change({ sort: event.target.value })} className="w-auto">
            <option value="">{t("customer.sortCreated")}</option>
            <option value="-updated_at">{t("customer.sortUpdated")}</option>
            <option value="name">{t("customer.sortName")}</option>
          </Select>
        )}
      </div>
      <SavedViews query={search.toString()} onChoose={(query) => setSearch(new URLSearchParams(query))} />
      <Card className="overflow-hidden">
        {customers.isPending ? (
          <ListSkeleton />
        ) : customers.isError && rows.length === 0 ? (
          <ErrorState error={customers.error} onRetry={() => void customers.refetch()} />
        ) : rows.length === 0 ? (
          filtered ? (
            <Empty icon={SearchX} title={t("customer.noMatch")} action={<Button onClick={() => setSearch({})}>{t("customer.clear")}</Button>} />
          ) : (
            <Empty icon={Users} title={t("customer.noneYet")} action={create}>
              {t("customer.noneYetText")}
            </Empty>
          )
        ) : (
          <ul aria-label={t("nav.customers")} aria-busy={customers.isPlaceholderData || undefined} className="divide-y">
            {rows.map((customer) => (
              <CustomerRow key={customer.id} customer={customer} to={`/desk/customers/${customer.id}`} />
            ))}
          </ul>
        )}
      </Card>
      <LoadMore more={customers.hasNextPage} busy={customers.isFetchingNextPage} failed={customers.isFetchNextPageError} onMore={() => void customers.fetchNextPage()} />
    </Page>
  );
}

/** The filter of the list without its words, which the export does not know. */
function exported({ status, kind, kyc }: Filter): URLSearchParams {
  return new URLSearchParams(Object.entries({ status, kind, kyc }).filter(([, value]) => value !== ""));
}

function Counts() {
  const { t } = useTranslation();
  const statistics = useStatistics().data;
  if (!statistics) return null;
  const waiting = (statistics.by_kyc_state.submitted ?? 0) + (statistics.by_kyc_state.in_review ?? 0);
  return t("customer.counts", { total: statistics.total, active: statistics.by_status.active ?? 0, waiting });
}

export function CustomerRow({ customer, to }: { customer: CustomerSummary; to: string }) {
  const { t } = useTranslation();
  return (
    <li>
      <Link
        to={to}
        className="grid items-center gap-x-4 gap-y-1 px-4 py-2.5 text-sm hover:bg-sunken focus-visible:-outline-offset-2 md:grid-cols-[minmax(0,1fr)_auto_8rem] dark:hover:bg-raised"
      >
        <span className="min-w-0">
          <span className="line-clamp-1 font-medium">
            <bdi>{customer.name}</bdi>
          </span>
          <span className="flex flex-wrap gap-x-3 text-xs text-muted-foreground">
            <Ltr className="tabular">{customer.number}</Ltr>
            <Ltr className="break-all">{customer.email}</Ltr>
            {customer.phone && <Ltr>{customer.phone}</Ltr>}
          </span>
        </span>
        <span className="flex flex-wrap items-center gap-1.5">
          <Badge>{t(`customerKind.${customer.kind}`)}</Badge>
          <CustomerStatusBadge status={customer.status} />
          <IdentityBadge state={customer.kyc_state} />
        </span>
        <Time at={customer.created_at} className="text-xs text-muted-foreground md:text-end" />
      </Link>
    </li>
  );
}
