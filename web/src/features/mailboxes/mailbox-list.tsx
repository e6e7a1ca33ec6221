import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import type { TFunction } from "i18next";
import { Mailbox as MailboxIcon, Plus, TriangleAlert } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Mailbox } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { RowTitle } from "@/components/list/row-title";
import { Ltr, Mono } from "@/components/mono";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { useDataTable } from "@/components/ui/use-data-table";
import { useMay } from "@/features/shell/use-user";
import { useMailboxes } from "./data/queries";

const NONE: Mailbox[] = [];

export function MailboxListPage() {
  const { t } = useTranslation();
  const query = useMailboxes();
  const edit = useMay("mailboxes.edit");
  const columns = useMemo(() => mailboxColumns(t, edit), [t, edit]);
  const table = useDataTable({ name: "mailboxes", rows: query.data?.items ?? NONE, columns, rowId: (mailbox) => mailbox.id });
  const create = edit && (
    <Button asChild variant="primary">
      <Link to="/admin/mailboxes/new">
        <Plus aria-hidden />
        {t("mailbox.new")}
      </Link>
    </Button>
  );
  return (
    <Page title={t("nav.mailboxes")} actions={create} width="wide">
      <DataList
        table={table}
        query={query}
        label={t("nav.mailboxes")}
        empty={{ icon: MailboxIcon, title: t("mailbox.noneYet"), text: t("mailbox.noneYetText"), action: create }}
        expected={3}
        href={edit ? (mailbox) => `/admin/mailboxes/${mailbox.id}` : undefined}
      />
    </Page>
  );
}

const column = createColumnHelper<Mailbox>();

function mailboxColumns(t: TFunction, edit: boolean): ColumnDef<Mailbox, never>[] {
  const state = ({ enabled }: Mailbox) => <Badge tone={enabled ? "success" : "neutral"}>{t(enabled ? "mailbox.on" : "mailbox.off")}</Badge>;
  const paused = ({ automation_paused_at: at }: Mailbox) =>
    at && (
      <span className="flex items-center gap-1 text-warning">
        <TriangleAlert aria-hidden className="size-3.5 shrink-0" />
        {t("mailbox.paused")}
      </span>
    );
  const problem = ({ last_error: error }: Mailbox) =>
    error && (
      <span className="flex min-w-0 items-center gap-1 text-danger" title={error}>
        <TriangleAlert aria-hidden className="size-3.5 shrink-0" />
        <span className="sr-only">{t("mailbox.lastError")} </span>
        <span className="line-clamp-1">
          <Mono>{error}</Mono>
        </span>
      </span>
    );
  return [
    column.accessor("name", {
      header: t("mailbox.name"),
      cell: ({ row: { original: mailbox } }) => (
        <RowTitle
          to={edit ? `/admin/mailboxes/${mailbox.id}` : undefined}
          sub={
            (mailbox.automation_paused_at || mailbox.last_error) && (
              <>
                {paused(mailbox)}
                {problem(mailbox)}
              </>
            )
          }
          phone={
            <>
              {state(mailbox)}
              <Ltr className="min-w-0 break-all">{mailbox.address}</Ltr>
              {paused(mailbox)}
              {problem(mailbox)}
            </>
          }
        >
          {mailbox.name}
        </RowTitle>
      ),
    }),
    column.accessor("address", {
      header: t("mailbox.address"),
      meta: { className: "hidden sm:table-cell" },
      cell: ({ getValue }) => <Ltr className="break-all">{getValue()}</Ltr>,
    }),
    column.accessor("kind", { header: t("mailbox.kind"), meta: { className: "hidden lg:table-cell w-44" }, cell: ({ row }) => <Badge>{t(`mailboxKind.${row.original.kind}`)}</Badge> }),
    column.accessor("enabled", { header: t("mailbox.state"), meta: { className: "hidden sm:table-cell w-28" }, cell: ({ row }) => state(row.original) }),
    column.accessor("last_polled_at", {
      header: t("mailbox.polled"),
      meta: { className: "hidden md:table-cell w-40" },
      cell: ({ getValue }) => {
        const at = getValue();
        return at ? <Time at={at} className="text-muted-foreground" /> : "—";
      },
    }),
  ] as ColumnDef<Mailbox, never>[];
}
