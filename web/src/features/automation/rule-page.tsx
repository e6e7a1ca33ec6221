import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { History } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import type { AutomationRule, AutomationRun } from "@/api/types";
import { DeleteButton } from "@/components/delete-button";
import { ErrorState } from "@/components/error-state";
import { DataList } from "@/components/list/data-list";
import { FilterBar } from "@/components/list/filter-bar";
import { Labelled } from "@/components/labelled";
import { RowTitle } from "@/components/list/row-title";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { useDataTable } from "@/components/ui/use-data-table";
import { useMay } from "@/features/shell/use-user";
import { useUrlFilter } from "@/lib/url-filter";
import { FindingTree } from "./components/finding";
import { RuleEditor } from "./components/rule-editor";
import { LIST, RUNS, useDeleteRule, useRule, useRuns, useSettle } from "./data/queries";
import { RUN_STATES } from "./data/spec";

const TONES = { queued: "info", held: "warning", acted: "success", not_met: "neutral", skipped: "neutral", dismissed: "neutral" } as const;
const column = createColumnHelper<AutomationRun>();

export function NewRulePage() {
  const { t } = useTranslation();
  return (
    <Page title={t("rule.new")} back={{ to: LIST, label: t("rule.back") }}>
      <RuleEditor />
    </Page>
  );
}

/** One rule: what it does, what it would do, and what it did. */
export function RulePage() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const edit = useMay("automation.edit");
  const tickets = useMay("tickets.view");
  const remove = useDeleteRule();
  const query = useRule(id);
  if (query.isPending) return <Skeleton className="m-6 h-96" />;
  if (!query.data) return <ErrorState page list={LIST} error={query.error} onRetry={() => void query.refetch()} />;
  const rule = query.data;
  const actions = edit && <DeleteButton title={t("rule.deleteTitle", { name: rule.name })} text={t("rule.deleteText")} remove={() => remove.mutateAsync(rule)} to={LIST} />;
  return (
    <Page title={rule.name} back={{ to: LIST, label: t("rule.back") }} actions={actions}>
      {rule.held > 0 && <Held rule={rule} edit={edit} />}
      <RuleEditor key={id} rule={rule} reload={async () => (await query.refetch()).data} />
      {tickets && <Runs id={rule.id} />}
    </Page>
  );
}

/** What waits because the rule reached its limit. */
function Held({ rule, edit }: { rule: AutomationRule; edit: boolean }) {
  const { t } = useTranslation();
  const settle = useSettle(rule.id);
  return (
    <Alert tone="warning" title={t("rule.heldTitle", { count: rule.held })}>
      <p>{t("rule.heldText")}</p>
      {edit && (
        <p className="mt-2 flex flex-wrap gap-2">
          <Button size="sm" variant="primary" disabled={settle.isPending} onClick={() => settle.mutate(true)}>
            {t("rule.confirm")}
          </Button>
          <Button size="sm" disabled={settle.isPending} onClick={() => settle.mutate(false)}>
            {t("rule.dismiss")}
          </Button>
        </p>
      )}
    </Alert>
  );
}

function Runs({ id }: { id: string }) {
  const { t } = useTranslation();
  const list = useUrlFilter(RUNS);
  const { query, rows } = useRuns(id, list.filter);
  const columns = useMemo(() => {
    const state = (run: AutomationRun) => <Badge tone={TONES[run.state]}>{t(`runState.${run.state}`)}</Badge>;
    return [
      column.accessor("ticket_number", {
        header: t("rule.ticketColumn"),
        cell: ({ row: { original: run } }) => (
          <RowTitle
            to={`/desk/tickets/${run.ticket_id}`}
            phone={
              <>
                {state(run)}
                <Time at={run.created_at} />
                <Why run={run} />
              </>
            }
          >
            {t("rule.ticket", { n: run.ticket_number })}
          </RowTitle>
        ),
      }),
      column.display({ id: "why", header: t("rule.why"), meta: { className: "hidden sm:table-cell" }, cell: ({ row: { original: run } }) => <Why run={run} /> }),
      column.accessor("number", { header: t("rule.version"), meta: { className: "hidden lg:table-cell w-24" } }),
      column.display({ id: "state", header: t("rule.state"), meta: { className: "hidden sm:table-cell w-36" }, cell: ({ row }) => state(row.original) }),
      column.accessor("created_at", { header: t("rule.at"), meta: { className: "hidden md:table-cell w-36" }, cell: ({ getValue }) => <Time at={getValue()} /> }),
    ] as ColumnDef<AutomationRun, never>[];
  }, [t]);
  const table = useDataTable({ name: "automation-runs", rows, columns, rowId: (run) => run.id });
  return (
    <Section title={t("rule.runs")}>
      <div className="grid gap-3">
        <FilterBar list={list} facets={[{ key: "state", label: t("rule.state"), any: t("rule.anyState"), options: RUN_STATES.map((value) => ({ value, label: t(`runState.${value}`) })) }]} table={table} />
        <DataList table={table} query={query} label={t("rule.runs")} filter={list} empty={{ icon: History, title: t("rule.noRuns") }} />
      </div>
    </Section>
  );
}

/** Which conditions held or not, why it did not run, and what it did. */
function Why({ run }: { run: AutomationRun }) {
  const { t } = useTranslation();
  return (
    <div className="grid gap-1">
      {run.reason && <p className="text-sm">{t([`runReason.${run.reason}`, "runReason.other"])}</p>}
      {run.due_at && (
        <p className="text-sm">
          <Labelled name={t("rule.afterWait")}>
            <Time at={run.due_at} full />
          </Labelled>
        </p>
      )}
      {run.finding && <FindingTree finding={run.finding} />}
      {run.actions?.map((action, n) => (
        <p key={n} className="text-sm text-muted-foreground">
          <Labelled name={t(`ruleAction.${action.do}`)}>
            {action.until ? <Time at={action.until} full /> : t([`actionResult.${action.result}`, "actionResult.refused"])}
          </Labelled>
        </p>
      ))}
    </div>
  );
}
