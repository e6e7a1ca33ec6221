import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { BellRing } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Listed } from "@/components/labelled";
import { DataList } from "@/components/list/data-list";
import { RowTitle } from "@/components/list/row-title";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { useDataTable } from "@/components/ui/use-data-table";
import { useTriggers, type Trigger } from "./data";

const NONE: Trigger[] = [];
const column = createColumnHelper<Trigger>();
export const BASE = "/admin/notification-triggers";

/** What follows from each kind of event: who is told, and how. */
export function TriggerListPage() {
  const { t } = useTranslation();
  const query = useTriggers();
  const columns = useMemo(() => {
    const whom = ({ rule }: Trigger) => {
      if (!rule.on) return <Badge>{t("trigger.isOff")}</Badge>;
      const others = [
        rule.notification_group_ids.length > 0 ? t("trigger.someGroups", { count: rule.notification_group_ids.length }) : null,
        rule.role_ids.length > 0 ? t("trigger.someRoles", { count: rule.role_ids.length }) : null,
      ].filter((each) => each !== null);
      return <Listed items={[...rule.parties.map((party) => t(`noticeParty.${party}`)), ...others]} />;
    };
    const mark = ({ changed }: Trigger) => changed && <Badge tone="info">{t("trigger.changed")}</Badge>;
    return [
      column.accessor("topic", {
        header: t("trigger.event"),
        cell: ({ row: { original: row } }) => (
          <RowTitle to={`${BASE}/${row.topic}`} phone={whom(row)} marks={mark(row)}>
            {t(`noticeTopic.${row.topic}`)}
          </RowTitle>
        ),
      }),
      column.display({ id: "whom", header: t("trigger.whom"), meta: { name: t("trigger.whom"), className: "hidden sm:table-cell" }, cell: ({ row }) => whom(row.original) }),
      column.display({
        id: "last",
        header: t("trigger.last"),
        meta: { name: t("trigger.last"), className: "hidden md:table-cell w-44" },
        cell: ({ row }) => row.original.updated_at && <Time at={row.original.updated_at} />,
      }),
    ] as ColumnDef<Trigger, never>[];
  }, [t]);
  const rows = query.data ?? NONE;
  const table = useDataTable({ name: "notification_triggers", rows, columns, rowId: (row) => row.topic });
  return (
    <Page title={t("nav.notificationTriggers")} description={t("trigger.text")}>
      <DataList table={table} query={query} label={t("nav.notificationTriggers")} empty={{ icon: BellRing, title: t("trigger.none") }} href={(row) => `${BASE}/${row.topic}`} />
    </Page>
  );
}
