import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { MailX, MoreHorizontal, Pencil, Plus, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { SpamRule } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { FilterBar } from "@/components/list/filter-bar";
import { RowTitle } from "@/components/list/row-title";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";
import { toast } from "@/components/ui/toast";
import { useDataTable } from "@/components/ui/use-data-table";
import { useMay } from "@/features/shell/use-user";
import { useUrlFilter } from "@/lib/url-filter";
import { useFormat } from "@/lib/use-format";
import { SpamRuleDialog } from "./components/spam-rule-dialog";
import { SPAM_FIELDS, SPAM_FILTER, SPAM_VERDICTS, useDeleteSpamRule, useSpamRules } from "./data/spam";

const column = createColumnHelper<SpamRule>();
type Asked = { do: "new" } | { do: "edit" | "delete"; rule: SpamRule };

/** Which mail is let in and which is kept aside, whatever its points say. */
export function SpamRulesPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const tickets = useMay("tickets.view");
  const list = useUrlFilter(SPAM_FILTER);
  const { query, rows } = useSpamRules(list.filter);
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);
  // As it is now, not as it was when it was asked for; one that another filter has taken off the list stays as it was.
  const about = asked && asked.do !== "new" ? (rows.find(({ id }) => id === asked.rule.id) ?? asked.rule) : undefined;
  const reload = async () => (await query.refetch()).data?.pages.flatMap(({ items }) => items).find(({ id }) => id === about?.id);
  const columns = useMemo(() => {
    const verdict = (rule: SpamRule) => <Badge tone={rule.verdict === "allow" ? "success" : "danger"}>{t(`spamRuleVerdict.${rule.verdict}`)}</Badge>;
    const off = (rule: SpamRule) => !rule.enabled && <Badge>{t("spamRule.off")}</Badge>;
    const last = (rule: SpamRule) => (rule.last_hit_at ? <Time at={rule.last_hit_at} /> : t("spamRule.never"));
    const origin = (rule: SpamRule) =>
      rule.ticket_id && tickets && (
        <Link to={`/desk/tickets/${rule.ticket_id}`} className="underline">
          {t("spamRule.ofTicket")}
        </Link>
      );
    return [
      column.accessor("value", {
        header: t("spamRule.value"),
        cell: ({ row: { original: rule } }) => (
          <RowTitle
            sub={
              (rule.note || rule.ticket_id) && (
                <>
                  {rule.note && <bdi className="break-words">{rule.note}</bdi>} {origin(rule)}
                </>
              )
            }
            phone={
              <>
                {verdict(rule)} {off(rule)} <span>{t(`spamRuleField.${rule.field}`)}</span>
                <span>{t("spamRule.figures", { n: format.number(rule.hits) })}</span>
              </>
            }
          >
            <bdi className="break-all">{rule.value}</bdi>
          </RowTitle>
        ),
      }),
      column.accessor("verdict", {
        header: t("spamRule.verdict"),
        meta: { name: t("spamRule.verdict"), className: "hidden sm:table-cell w-40" },
        cell: ({ row: { original: rule } }) => (
          <span className="flex flex-wrap gap-1">
            {verdict(rule)}
            {off(rule)}
          </span>
        ),
      }),
      column.accessor("field", { header: t("spamRule.field"), meta: { name: t("spamRule.field"), className: "hidden sm:table-cell w-36" }, cell: ({ row }) => t(`spamRuleField.${row.original.field}`) }),
      column.accessor("hits", { header: t("spamRule.hits"), meta: { name: t("spamRule.hits"), className: "hidden sm:table-cell w-24" }, cell: ({ getValue }) => format.number(getValue()) }),
      column.accessor("last_hit_at", { header: t("spamRule.last"), meta: { name: t("spamRule.last"), className: "hidden md:table-cell w-36" }, cell: ({ row }) => last(row.original) }),
      column.display({
        id: "actions",
        header: () => <span className="sr-only">{t("common.actions")}</span>,
        meta: { className: "w-14 text-end" },
        cell: ({ row: { original: rule } }) => (
          <Menu>
            <MenuTrigger asChild>
              <Button variant="ghost" size="icon" aria-label={t("spamRule.actionsOf", { value: rule.value })}>
                <MoreHorizontal aria-hidden />
              </Button>
            </MenuTrigger>
            <MenuContent align="end">
              <MenuItem onSelect={() => setAsked({ do: "edit", rule })}>
                <Pencil aria-hidden />
                {t("spamRule.edit")}
              </MenuItem>
              <MenuItem onSelect={() => setAsked({ do: "delete", rule })}>
                <Trash2 aria-hidden />
                {t("common.delete")}
              </MenuItem>
            </MenuContent>
          </Menu>
        ),
      }),
    ] as ColumnDef<SpamRule, never>[];
  }, [t, format, tickets]);
  const table = useDataTable({ name: "spam-rules", rows, columns, rowId: ({ id }) => id });
  const create = (
    <Button variant="primary" onClick={() => setAsked({ do: "new" })}>
      <Plus aria-hidden />
      {t("spamRule.new")}
    </Button>
  );
  return (
    <Page title={t("nav.spamRules")} description={t("spamRule.text")} actions={create} width="wide">
      <FilterBar
        list={list}
        search={{ key: "q", label: t("spamRule.search") }}
        facets={[
          { key: "verdict", label: t("spamRule.verdict"), any: t("spamRule.anyVerdict"), options: SPAM_VERDICTS.map((value) => ({ value, label: t(`spamRuleVerdict.${value}`) })) },
          { key: "field", label: t("spamRule.field"), any: t("spamRule.anyField"), options: SPAM_FIELDS.map((value) => ({ value, label: t(`spamRuleField.${value}`) })) },
        ]}
        table={table}
      />
      <DataList table={table} query={query} filter={list} label={t("nav.spamRules")} empty={{ icon: MailX, title: t("spamRule.none"), text: t("spamRule.noneText"), action: create }} />
      {asked?.do === "new" && <SpamRuleDialog onClose={close} />}
      {about && asked?.do === "edit" && <SpamRuleDialog rule={about} reload={reload} onClose={close} />}
      {about && asked?.do === "delete" && <DeleteRule rule={about} onClose={close} />}
    </Page>
  );
}

function DeleteRule({ rule, onClose }: { rule: SpamRule; onClose: () => void }) {
  const { t } = useTranslation();
  const remove = useDeleteSpamRule();
  return (
    <ConfirmDialog
      open
      title={t("spamRule.deleteTitle", { value: rule.value })}
      description={t("spamRule.deleteText")}
      confirm={t("common.delete")}
      danger
      error={remove.error}
      busy={remove.isPending}
      onCancel={onClose}
      onConfirm={() =>
        remove.mutate(rule, {
          onSuccess: () => {
            toast({ tone: "success", title: t("spamRule.deleted") });
            onClose();
          },
        })
      }
    />
  );
}
