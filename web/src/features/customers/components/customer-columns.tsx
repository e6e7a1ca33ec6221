import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import type { TFunction } from "i18next";
import { Clip } from "@/components/clip";
import { RowTitle } from "@/components/list/row-title";
import { Ltr } from "@/components/mono";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import type { CustomerSummary } from "../data/queries";
import { CustomerStatusBadge, IdentityBadge } from "./badges";

const column = createColumnHelper<CustomerSummary>();

/** Shown on demand only. */
export const HIDDEN_COLUMNS = ["phone", "tags", "tier", "updated_at"] as const;

/** Columns of a list of customers; staff see more than those who act for them. */
export function customerColumns(t: TFunction, base: string, staff: boolean): ColumnDef<CustomerSummary, never>[] {
  const shared = [
    column.accessor("number", {
      header: t("customer.number"),
      meta: { name: t("customer.number"), className: "hidden md:table-cell w-24" },
      cell: ({ getValue }) => <Ltr className="tabular text-muted-foreground">{getValue()}</Ltr>,
    }),
    column.accessor("name", {
      header: t("customer.name"),
      cell: ({ row: { original: customer } }) => (
        <RowTitle
          to={`${base}/${customer.id}`}
          marks={customer.deleted_at && <Badge>{t("customer.deleted")}</Badge>}
          sub={<Ltr className="truncate">{customer.email}</Ltr>}
          phone={
            <>
              <CustomerStatusBadge status={customer.status} />
              <IdentityBadge state={customer.kyc_state} />
              <Ltr className="tabular">{customer.number}</Ltr>
              <Ltr className="min-w-0 truncate">{customer.email}</Ltr>
            </>
          }
        >
          {customer.name}
        </RowTitle>
      ),
    }),
    column.accessor("kind", {
      header: t("customer.kind"),
      meta: { name: t("customer.kind"), className: "hidden lg:table-cell w-32" },
      cell: ({ getValue }) => <span className="text-muted-foreground">{t(`customerKind.${getValue()}`)}</span>,
    }),
    column.accessor("status", {
      header: t("customer.status"),
      meta: { name: t("customer.status"), className: "hidden sm:table-cell w-30" },
      cell: ({ getValue }) => <CustomerStatusBadge status={getValue()} />,
    }),
    column.accessor("kyc_state", {
      header: t("identity.title"),
      meta: { name: t("identity.title"), className: "hidden sm:table-cell w-42" },
      cell: ({ getValue }) => <IdentityBadge state={getValue()} />,
    }),
  ];
  const desk = [
    column.accessor((customer) => customer.account_manager?.name, {
      id: "manager",
      header: t("customer.manager"),
      meta: { name: t("customer.manager"), className: "hidden xl:table-cell w-40" },
      cell: ({ getValue }) => <Clip>{getValue() ?? ""}</Clip>,
    }),
    column.accessor("phone", {
      header: t("customer.phone"),
      meta: { name: t("customer.phone"), className: "hidden xl:table-cell w-38" },
      cell: ({ getValue }) => getValue() && <Ltr className="text-muted-foreground">{getValue()}</Ltr>,
    }),
    column.accessor("tier", {
      header: t("customer.tier"),
      meta: { name: t("customer.tier"), className: "hidden xl:table-cell w-32" },
      cell: ({ getValue }) => getValue() && <span className="text-muted-foreground">{t(`customerTier.${getValue()}`)}</span>,
    }),
    column.accessor("tags", {
      header: t("customer.tags"),
      meta: { name: t("customer.tags"), className: "hidden xl:table-cell w-44" },
      cell: ({ getValue }) => (
        <span className="flex flex-wrap gap-1">
          {getValue().map((tag) => (
            <Badge key={tag}>{tag}</Badge>
          ))}
        </span>
      ),
    }),
  ];
  const times = [
    column.accessor("created_at", {
      header: t("customer.created"),
      meta: { name: t("customer.created"), className: "hidden lg:table-cell w-34", sorts: ["-created_at"] },
      cell: ({ getValue }) => <Time at={getValue()} className="block truncate text-muted-foreground" />,
    }),
    column.accessor("updated_at", {
      header: t("customer.updated"),
      meta: { name: t("customer.updated"), className: "hidden xl:table-cell w-34", sorts: ["-updated_at"] },
      cell: ({ getValue }) => <Time at={getValue()} className="block truncate text-muted-foreground" />,
    }),
  ];
  return [...shared, ...(staff ? desk : []), ...times] as ColumnDef<CustomerSummary, never>[];
}
