import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { Plus, UserRoundCheck, UserRoundX, UsersRound } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { SupportGroup } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { RowTitle } from "@/components/list/row-title";
import { Page } from "@/components/page";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { useDataTable } from "@/components/ui/use-data-table";
import { useMay } from "@/features/shell/use-user";
import { useFormat } from "@/lib/use-format";
import { useAvailability, useSetAway, useSupportGroups } from "./data";
import { GroupDialog } from "./group-dialog";

const column = createColumnHelper<SupportGroup>();
const NO_GROUPS: SupportGroup[] = [];

/** Support groups with what they have to do, and whether one is there oneself. */
export function GroupListPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const edit = useMay("groups.edit");
  const query = useSupportGroups();
  const [adding, setAdding] = useState(false);
  const columns = useMemo(() => {
    const number = (name: "members" | "open" | "unassigned" | "breached") =>
      column.accessor(name, {
        header: () => <span title={t(`groupAdmin.${name}Text`)}>{t(`groupAdmin.${name}`)}</span>,
        meta: { className: "hidden sm:table-cell w-28 tabular" },
        cell: ({ getValue }) => format.number(getValue()),
      });
    return [
      column.accessor("name", {
        header: t("groupAdmin.name"),
        cell: ({ row: { original: group } }) => (
          <RowTitle
            to={`/desk/groups/${group.id}`}
            phone={
              <>
                {t("groupAdmin.openShort", { n: format.number(group.open) })} · {t(`dealStrategy.${group.strategy}`)}
              </>
            }
          >
            <bdi>{group.name}</bdi> {!group.active && <Badge>{t("groupAdmin.retired")}</Badge>}
          </RowTitle>
        ),
      }),
      column.accessor("strategy", { header: t("groupAdmin.strategy"), meta: { className: "hidden md:table-cell w-52" }, cell: ({ row }) => t(`dealStrategy.${row.original.strategy}`) }),
      number("members"),
      number("open"),
      number("unassigned"),
      number("breached"),
    ] as ColumnDef<SupportGroup, never>[];
  }, [t, format]);
  const table = useDataTable({ name: "support_groups", rows: query.data?.items ?? NO_GROUPS, columns, rowId: (group) => group.id });
  return (
    <Page
      title={t("nav.groups")}
      description={t("groupAdmin.text")}
      actions={
        edit && (
          <Button variant="primary" onClick={() => setAdding(true)}>
            <Plus aria-hidden />
            {t("groupAdmin.new")}
          </Button>
        )
      }
    >
      <Availability />
      <DataList table={table} query={query} label={t("nav.groups")} empty={{ icon: UsersRound, title: t("groupAdmin.none") }} expected={3} href={(group) => `/desk/groups/${group.id}`} />
      {adding && <GroupDialog onClose={() => setAdding(false)} onSaved={({ id }) => void navigate(`/desk/groups/${id}`)} />}
    </Page>
  );
}

/** Away: dealt nothing until one is back. */
function Availability() {
  const { t } = useTranslation();
  const { data } = useAvailability(useMay("tickets.reply"));
  const set = useSetAway();
  if (!data) return null;
  return (
    <Alert
      tone={data.away ? "warning" : "info"}
      title={t(data.away ? "groupAdmin.youAreAway" : "groupAdmin.youAreThere")}
      actions={
        <Button size="sm" busy={set.isPending} onClick={() => set.mutate(!data.away)}>
          {data.away ? <UserRoundCheck aria-hidden /> : <UserRoundX aria-hidden />}
          {t(data.away ? "groupAdmin.comeBack" : "groupAdmin.goAway")}
        </Button>
      }
    />
  );
}
