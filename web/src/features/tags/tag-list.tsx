import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { Combine, MoreHorizontal, Pencil, Plus, Tags, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { TagStatistics } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { FilterBar } from "@/components/list/filter-bar";
import { Page } from "@/components/page";
import { Tag } from "@/components/tag";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";
import { toast } from "@/components/ui/toast";
import { useDataTable } from "@/components/ui/use-data-table";
import { useUrlFilter } from "@/lib/url-filter";
import { useFormat } from "@/lib/use-format";
import { TAG_FILTER, useDeleteTag, useTagStatistics } from "./data";
import { MergeTagDialog, TagDialog } from "./tag-dialogs";

const column = createColumnHelper<TagStatistics>();
type Asked = { do: "new" } | { do: "edit" | "merge" | "delete"; row: TagStatistics };

/** The words that tickets are marked with, and how many tickets have them. */
export function TagListPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const list = useUrlFilter(TAG_FILTER);
  const { query, rows } = useTagStatistics(list.filter);
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);
  // As it is now, not as it was when it was asked for; one that another filter or name has taken off the list stays as it was.
  const about = asked && asked.do !== "new" ? (rows.find(({ tag }) => tag.id === asked.row.tag.id) ?? asked.row) : undefined;
  const reload = async () => (await query.refetch()).data?.pages.flatMap(({ items }) => items).find(({ tag }) => tag.id === about?.tag.id)?.tag;
  const columns = useMemo(() => {
    const standing = ({ tag }: TagStatistics) =>
      tag.moving_to !== null ? <Badge tone="info">{t("tagAdmin.movingTo", { name: tag.moving_to })}</Badge> : tag.retired && <Badge>{t("tagAdmin.retired")}</Badge>;
    return [
      column.accessor(({ tag }) => tag.name, {
        id: "name",
        header: t("tagAdmin.name"),
        cell: ({ row: { original: row } }) => (
          <div className="grid min-w-0 gap-1">
            <span className="flex flex-wrap items-center gap-2">
              <Link to={`/desk/tickets?tag=${encodeURIComponent(row.tag.name)}`} className="inline-flex min-h-7 max-w-full items-center max-sm:min-h-11">
                <Tag name={row.tag.name} colour={row.tag.colour} />
              </Link>
              {standing(row)}
            </span>
            <span className="text-xs text-muted-foreground sm:hidden">{t("tagAdmin.figures", { tickets: format.number(row.tickets), open: format.number(row.open), recent: format.number(row.recent) })}</span>
          </div>
        ),
      }),
      column.accessor("tickets", { header: t("tagAdmin.tickets"), cell: ({ getValue }) => format.number(getValue()), meta: { name: t("tagAdmin.tickets"), className: "hidden sm:table-cell w-28" } }),
      column.accessor("open", { header: t("tagAdmin.open"), cell: ({ getValue }) => format.number(getValue()), meta: { name: t("tagAdmin.open"), className: "hidden sm:table-cell w-28" } }),
      column.accessor("recent", { header: t("tagAdmin.recent"), cell: ({ getValue }) => format.number(getValue()), meta: { name: t("tagAdmin.recent"), className: "hidden sm:table-cell w-40" } }),
      column.display({
        id: "actions",
        header: () => <span className="sr-only">{t("tagAdmin.actions")}</span>,
        meta: { className: "w-14 text-end" },
        cell: ({ row: { original: row } }) =>
          row.tag.moving_to === null && (
            <Menu>
              <MenuTrigger asChild>
                <Button variant="ghost" size="icon" aria-label={t("tagAdmin.actionsOf", { name: row.tag.name })}>
                  <MoreHorizontal aria-hidden />
                </Button>
              </MenuTrigger>
              <MenuContent align="end">
                <MenuItem onSelect={() => setAsked({ do: "edit", row })}>
                  <Pencil aria-hidden />
                  {t("tagAdmin.edit")}
                </MenuItem>
                <MenuItem onSelect={() => setAsked({ do: "merge", row })}>
                  <Combine aria-hidden />
                  {t("tagAdmin.merge")}
                </MenuItem>
                {row.tickets === 0 && (
                  <MenuItem onSelect={() => setAsked({ do: "delete", row })}>
                    <Trash2 aria-hidden />
                    {t("common.delete")}
                  </MenuItem>
                )}
              </MenuContent>
            </Menu>
          ),
      }),
    ] as ColumnDef<TagStatistics, never>[];
  }, [t, format]);
  const table = useDataTable({ name: "tags", rows, columns, rowId: ({ tag }) => tag.id });
  const create = (
    <Button variant="primary" onClick={() => setAsked({ do: "new" })}>
      <Plus aria-hidden />
      {t("tagAdmin.new")}
    </Button>
  );
  return (
    <Page title={t("nav.tags")} description={t("tagAdmin.text")} actions={create} width="wide">
      <FilterBar list={list} search={{ key: "q", label: t("tagAdmin.search") }} facets={[]} table={table} />
      <DataList table={table} query={query} filter={list} label={t("nav.tags")} empty={{ icon: Tags, title: t("tagAdmin.none"), text: t("tagAdmin.noneText"), action: create }} />
      {asked?.do === "new" && <TagDialog onClose={close} />}
      {about && asked?.do === "edit" && <TagDialog tag={about.tag} reload={reload} onClose={close} />}
      {about && asked?.do === "merge" && <MergeTagDialog row={about} reload={reload} onClose={close} />}
      {about && asked?.do === "delete" && <DeleteTag row={about} onClose={close} />}
    </Page>
  );
}

function DeleteTag({ row: { tag }, onClose }: { row: TagStatistics; onClose: () => void }) {
  const { t } = useTranslation();
  const remove = useDeleteTag();
  return (
    <ConfirmDialog
      open
      title={t("tagAdmin.deleteTitle", { name: tag.name })}
      description={t("tagAdmin.deleteText")}
      confirm={t("common.delete")}
      danger
      error={remove.error}
      busy={remove.isPending}
      onCancel={onClose}
      onConfirm={() =>
        remove.mutate(tag, {
          onSuccess: () => {
            toast({ tone: "success", title: t("tagAdmin.deleted", { name: tag.name }) });
            onClose();
          },
        })
      }
    />
  );
}
