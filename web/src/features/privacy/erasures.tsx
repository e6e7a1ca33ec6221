import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { UserX } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { PersonalErasure } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { RowTitle } from "@/components/list/row-title";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { useDataTable } from "@/components/ui/use-data-table";
import { useErasures } from "./data/erasures";

const column = createColumnHelper<PersonalErasure>();
const TONES = { asked: "warning", withdrawn: "neutral", running: "info", done: "success" } as const;

/** Who asked to be erased, and who was. */
export function Erasures() {
  const { t } = useTranslation();
  const { query, rows } = useErasures();
  const columns = useMemo(() => {
    const report = (item: PersonalErasure) => item.report.map(({ key, count }) => `${t("common.label", { name: t(`erasureStep.${key}`) })}${count}`).join(" · ");
    const state = (item: PersonalErasure) => <Badge tone={TONES[item.state]}>{t(`erasureState.${item.state}`)}</Badge>;
    return [
      column.accessor("user_name", {
        header: t("erase.person"),
        cell: ({ row: { original: item } }) => (
          <RowTitle to={item.state === "done" ? undefined : `/admin/users/${item.user_id}`} sub={item.reason && <bdi>{item.reason}</bdi>} phone={state(item)}>
            <bdi>{item.user_name}</bdi>
          </RowTitle>
        ),
      }),
      column.display({ id: "state", header: t("exports.state"), meta: { className: "hidden sm:table-cell w-32" }, cell: ({ row }) => state(row.original) }),
      column.display({
        id: "when",
        header: t("privacy.at"),
        meta: { className: "hidden sm:table-cell w-40" },
        cell: ({ row: { original: item } }) => <Time at={item.done_at ?? item.created_at} />,
      }),
      column.display({ id: "report", header: t("erase.report"), meta: { className: "hidden lg:table-cell" }, cell: ({ row }) => report(row.original) }),
    ] as ColumnDef<PersonalErasure, never>[];
  }, [t]);
  const table = useDataTable({ name: "personal-erasures", rows, columns, rowId: (item) => item.id });
  return <DataList table={table} query={query} label={t("erase.list")} empty={{ icon: UserX, title: t("erase.none") }} expected={1} />;
}
