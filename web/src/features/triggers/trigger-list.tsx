import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { BellRing, Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Listed } from "@/components/labelled";
import { DataList } from "@/components/list/data-list";
import { RowTitle } from "@/components/list/row-title";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { useDataTable } from "@/components/ui/use-data-table";
import { isolated } from "@/lib/isolated";
import { NewEventTrigger } from "./components/new-event";
import { keyOf, useTriggers, type Trigger } from "./data";

const NONE: Trigger[] = [];
const column = createColumnHelper<Trigger>();
export const BASE = "/admin/notification-triggers";

/** What follows from each kind of event: who is told, and how. */
export function TriggerListPage() {
  const { t, i18n } = useTranslation();
  const [adding, setAdding] = useState(false);
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
          <RowTitle to={`${BASE}/${keyOf(row)}`} phone={whom(row)} marks={mark(row)}>
            {row.event === null ? t(`noticeTopic.${row.topic}`) : t("trigger.named", { name: isolated(row.event, i18n.dir()) })}
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
  }, [t, i18n]);
  const rows = query.data ?? NONE;
  const table = useDataTable({ name: "notification_triggers", rows, columns, rowId: keyOf });
  return (
    <Page
      title={t("nav.notificationTriggers")}
      description={t("trigger.text")}
      actions={
        <Button onClick={() => setAdding(true)}>
          <Plus aria-hidden />
          {t("trigger.forName")}
        </Button>
      }
    >
      <DataList table={table} query={query} label={t("nav.notificationTriggers")} empty={{ icon: BellRing, title: t("trigger.none") }} href={(row) => `${BASE}/${keyOf(row)}`} />
      {adding && <NewEventTrigger onClose={() => setAdding(false)} />}
    </Page>
  );
}
