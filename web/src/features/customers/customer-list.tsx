import { Download, FileUp, Plus, Users } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { download } from "@/components/download";
import { DataList } from "@/components/list/data-list";
import { Day } from "@/components/list/day";
import { FilterBar } from "@/components/list/filter-bar";
import { Views } from "@/components/list/views";
import { Page } from "@/components/page";
import { toastError } from "@/components/toast-error";
import { Button } from "@/components/ui/button";
import { useDataTable } from "@/components/ui/use-data-table";
import { useMay } from "@/features/shell/use-user";
import { named } from "@/lib/choices";
import { useUrlFilter } from "@/lib/url-filter";
import { useAgents } from "@/lib/use-agents";
import { useFormat } from "@/lib/use-format";
import { customerColumns, HIDDEN_COLUMNS } from "./components/customer-columns";
import { asked, CUSTOMER_FILTER, SORTS, type CustomerFilter } from "./data/filters";
import { useCustomers, useStatistics } from "./data/queries";
import { KINDS, KYC_STATES, STATUSES, TIERS } from "./data/words";

/** The list of all customers, for staff. */
export function CustomerListPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const list = useUrlFilter(CUSTOMER_FILTER);
  const { filter } = list;
  const { query, rows } = useCustomers(filter);
  const columns = useMemo(() => customerColumns(t, "/desk/customers", true), [t]);
  const table = useDataTable({ name: "customers", rows, columns, rowId: (customer) => customer.id, hidden: HIDDEN_COLUMNS });
  const counts = useStatistics().data;
  const agents = useAgents();
  const tags = Object.entries(counts?.by_tag ?? {});
  // What is asked for stays a choice, though nobody has it any more.
  const tagged = filter.tag === "" || tags.some(([tag]) => tag === filter.tag) ? tags : [[filter.tag, 0] as const, ...tags];
  const restores = useMay("customers.restore");
  const bound = (key: "from" | "to", label: string) => ({ key, label, options: [{ value: filter[key], label: `${label} ${filter[key] && format.day(filter[key])}` }] });
  const exports = useMay("customers.export");
  const imports = useMay("customers.import");
  const create = useMay("customers.create") && (
    <Button asChild variant="primary">
      <Link to="/desk/customers/new">
        <Plus aria-hidden />
        {t("customer.new")}
      </Link>
    </Button>
  );
  return (
    <Page
      title={t("nav.customers")}
      actions={
        <>
          {imports && (
            <Button asChild>
              <Link to="/desk/customers/imports">
                <FileUp aria-hidden />
                {t("customer.import")}
              </Link>
            </Button>
          )}
          {exports && (
            <Button onClick={() => void download(`/api/v1/customers/export?${new URLSearchParams(asked(filter))}`, "customers.csv").catch(toastError)}>
              <Download aria-hidden />
              {t("customer.export")}
            </Button>
          )}
          {create}
        </>
      }
      width="wide"
    >
      <Views
        name="customers"
        list={list}
        views={[
          { name: t("customer.views.all"), filter: {}, count: counts?.total },
          { name: t("customer.views.pending"), filter: { status: "pending" }, count: counts && (counts.by_status.pending ?? 0) },
          { name: t("customer.views.active"), filter: { status: "active" }, count: counts && (counts.by_status.active ?? 0) },
          { name: t("customer.views.toVerify"), filter: { kyc: "submitted" }, count: counts && (counts.by_kyc_state.submitted ?? 0) },
          { name: t("customer.views.mine"), filter: { manager: "me" } },
          ...(restores ? [{ name: t("customer.views.deleted"), filter: { deleted: "true" as const } }] : []),
        ]}
      />
      <FilterBar
        list={list}
        search={{ key: "q", label: t("customer.search") }}
        facets={[
          { key: "status", label: t("customer.status"), any: t("customer.allStatuses"), options: STATUSES.map((value) => ({ value, label: t(`customerStatus.${value}`) })) },
          { key: "kind", label: t("customer.kind"), any: t("customer.allKinds"), options: KINDS.map((value) => ({ value, label: t(`customerKind.${value}`) })) },
          { key: "kyc", label: t("identity.title"), any: t("customer.allIdentities"), options: KYC_STATES.map((value) => ({ value, label: t(`identityState.${value}`) })) },
          { key: "tier", label: t("customer.tier"), any: t("customer.anyTier"), options: TIERS.map((value) => ({ value, label: t(`customerTier.${value}`) })) },
          {
            key: "manager",
            label: t("customer.manager"),
            any: t("customer.anyManager"),
            options: [{ value: "me", label: t("customer.managedByMe") }, { value: "none", label: t("customer.nobody") }, ...(named(agents) ?? [])],
          },
          { key: "tag", label: t("customer.tag"), any: t("customer.anyTag"), options: tagged.map(([tag]) => ({ value: tag, label: tag })) },
          bound("from", t("customer.addedFrom")),
          bound("to", t("customer.addedTo")),
          { key: "deleted", label: t("customer.deleted"), options: [{ value: "true", label: t("customer.views.deleted") }] },
        ]}
        order={filter.q === "" ? { key: "sort", label: t("customer.sort"), options: SORTS.map((value) => ({ value, label: t(`customerSort.${value.replace("-", "")}`) })) } : undefined}
        table={table}
      >
        <Day label={t("customer.addedFrom")} value={filter.from} max={filter.to} onChange={(from) => list.change({ from })} />
        <Day label={t("customer.addedTo")} value={filter.to} min={filter.from} onChange={(to) => list.change({ to })} />
      </FilterBar>
      <DataList
        table={table}
        query={query}
        filter={list}
        label={t("nav.customers")}
        empty={{ icon: Users, title: t("customer.noneYet"), text: t("customer.noneYetText"), action: create }}
        href={(customer) => `/desk/customers/${customer.id}`}
        sort={filter.q === "" ? filter.sort : undefined}
        onSort={filter.q === "" ? (sort) => list.change({ sort: sort as CustomerFilter["sort"] }) : undefined}
      />
    </Page>
  );
}
