import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { Plus, Webhook } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { WebhookEndpoint } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { RowTitle } from "@/components/list/row-title";
import { Ltr } from "@/components/mono";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { useDataTable } from "@/components/ui/use-data-table";
import { useMay } from "@/features/shell/use-user";
import { EndpointState } from "./components/states";
import { useEndpoints } from "./data/queries";

const NONE: WebhookEndpoint[] = [];
const column = createColumnHelper<WebhookEndpoint>();

/** Which programs outside are told what happens here. */
export function EndpointListPage() {
  const { t } = useTranslation();
  const query = useEndpoints();
  const edit = useMay("webhooks.edit");
  const columns = useMemo(
    () =>
      [
        column.accessor("url", {
          header: t("webhook.url"),
          cell: ({ row: { original: endpoint } }) => (
            <RowTitle
              to={`/admin/webhooks/${endpoint.id}`}
              sub={<bdi>{endpoint.description}</bdi>}
              phone={
                <>
                  <EndpointState endpoint={endpoint} />
                  <bdi>{endpoint.description}</bdi>
                </>
              }
            >
              <Ltr className="break-all">{endpoint.url}</Ltr>
            </RowTitle>
          ),
        }),
        column.accessor("delivered", { header: t("webhook.delivered"), meta: { className: "hidden md:table-cell w-28" } }),
        column.accessor("failed", { header: t("webhook.failed"), meta: { className: "hidden md:table-cell w-28" } }),
        column.accessor("last_delivered_at", {
          header: t("webhook.last"),
          meta: { className: "hidden lg:table-cell w-40" },
          cell: ({ getValue }) => {
            const at = getValue();
            return at ? <Time at={at} /> : t("webhook.never");
          },
        }),
        column.accessor("enabled", { header: t("webhook.state"), meta: { className: "hidden sm:table-cell w-36" }, cell: ({ row }) => <EndpointState endpoint={row.original} /> }),
      ] as ColumnDef<WebhookEndpoint, never>[],
    [t],
  );
  const table = useDataTable({ name: "webhooks", rows: query.data?.items ?? NONE, columns, rowId: (endpoint) => endpoint.id });
  const create = edit && (
    <Button asChild variant="primary">
      <Link to="/admin/webhooks/new">
        <Plus aria-hidden />
        {t("webhook.new")}
      </Link>
    </Button>
  );
  return (
    <Page title={t("nav.webhooks")} description={t("webhook.text")} actions={create} width="wide">
      <DataList
        table={table}
        query={query}
        label={t("nav.webhooks")}
        empty={{ icon: Webhook, title: t("webhook.none"), text: t("webhook.noneText"), action: create }}
        expected={2}
        href={(endpoint) => `/admin/webhooks/${endpoint.id}`}
      />
    </Page>
  );
}
