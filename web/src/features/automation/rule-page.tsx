import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { FlaskConical, History, Plus } from "lucide-react";
import { useMemo } from "react";
import { useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { z } from "zod";
import { explain } from "@/api/problem";
import type { AutomationRule, AutomationRun } from "@/api/types";
import { DeleteButton } from "@/components/delete-button";
import { ErrorState } from "@/components/error-state";
import { CheckField, TextField } from "@/components/form/fields";
import { Form, FormActions } from "@/components/form/form";
import { useAppForm, type AppForm } from "@/components/form/use-app-form";
import { DataList } from "@/components/list/data-list";
import { FilterBar } from "@/components/list/filter-bar";
import { RowTitle } from "@/components/list/row-title";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { useDataTable } from "@/components/ui/use-data-table";
import { useMay } from "@/features/shell/use-user";
import { useUrlFilter } from "@/lib/url-filter";
import { ActionEditor } from "./components/action-editor";
import { ConditionEditor } from "./components/condition-editor";
import { FindingTree } from "./components/finding";
import { Line, Pick } from "./components/parts";
import { RUNS, useDeleteRule, useDryRun, useRule, useRuleOptions, useRuns, useSaveRule, useSettle } from "./data/queries";
import { HAPPENINGS, newAction, NEW_SPEC, RUN_STATES, type Spec } from "./data/spec";

const LIST = "/admin/automation";
const TONES = { queued: "info", held: "warning", acted: "success", not_met: "neutral", skipped: "neutral", dismissed: "neutral" } as const;
const column = createColumnHelper<AutomationRun>();

const schema = z.object({
  name: z.string().trim().min(1, "field.empty").max(80, "field.too_long"),
  enabled: z.boolean(),
  // Its parts are the server's to judge.
  spec: z.custom<Spec>(() => true),
});
type RuleForm = z.infer<typeof schema>;

export function NewRulePage() {
  const { t } = useTranslation();
  return (
    <Page title={t("rule.new")} back={{ to: LIST, label: t("rule.back") }}>
      <Editor />
    </Page>
  );
}

/** One rule: what it does, what it would do, and what it did. */
export function RulePage() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const navigate = useNavigate();
  const edit = useMay("automation.edit");
  const remove = useDeleteRule();
  const query = useRule(id);
  if (query.isPending) return <Skeleton className="m-6 h-96" />;
  if (!query.data) return <ErrorState page error={query.error} onRetry={() => void query.refetch()} />;
  const rule = query.data;
  const actions = edit && <DeleteButton title={t("rule.deleteTitle", { name: rule.name })} text={t("rule.deleteText")} remove={() => remove.mutateAsync(rule)} onDone={() => void navigate(LIST)} />;
  return (
    <Page title={rule.name} back={{ to: LIST, label: t("rule.back") }} actions={actions}>
      {rule.held > 0 && <Held rule={rule} edit={edit} />}
      {edit && <Editor key={id} rule={rule} reload={async () => (await query.refetch()).data} />}
      <Runs id={rule.id} />
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

function Editor({ rule, reload = () => Promise.resolve(undefined) }: { rule?: AutomationRule; reload?: () => Promise<AutomationRule | undefined> }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const save = useSaveRule(rule?.id);
  const form = useAppForm<RuleForm, AutomationRule>({
    schema,
    values: { name: rule?.name ?? "", enabled: rule?.enabled ?? false, spec: rule?.spec ?? NEW_SPEC },
    present: rule && { version: rule.version, reload },
    save: (body, sending) => save.mutateAsync({ body, ...sending }),
    onSaved: ({ id }) => {
      toast({ tone: "success", title: t("rule.saved") });
      void navigate(rule ? LIST : `${LIST}/${id}`);
    },
  });
  return (
    <Card className="p-4 sm:p-6">
      <Form form={form}>
        <TextField form={form} name="name" label={t("rule.name")} required autoComplete="off" />
        <CheckField form={form} name="enabled" label={t("rule.enabled")} hint={t("rule.enabledHint")} />
        <SpecFields form={form} />
        <DryRun form={form} />
        <FormActions form={form} onCancel={() => void navigate(LIST)} />
      </Form>
    </Card>
  );
}

function SpecFields({ form }: { form: AppForm<RuleForm> }) {
  const { t } = useTranslation();
  const options = useRuleOptions();
  const spec = useWatch({ control: form.control, name: "spec" });
  const change = (part: Partial<Spec>) => form.setValue("spec", { ...spec, ...part }, { shouldDirty: true });
  const { trigger } = spec;
  if (options.isError) return <ErrorState error={options.error} onRetry={() => void options.refetch()} />;
  if (!options.data) return <Skeleton className="h-60" />;
  const { groups } = options.data;
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Pick
          label={t("rule.when")}
          value={trigger.when === "event" ? trigger.on : "schedule"}
          options={[...HAPPENINGS.map((on) => ({ value: on as string, label: t(`happening.${on}`) })), { value: "schedule", label: t("happening.schedule") }]}
          onChange={(on) => change({ trigger: on === "schedule" ? { when: "schedule", every_minutes: 60 } : { when: "event", on } })}
        />
        {trigger.when === "schedule" && <Line label={t("rule.every")} type="number" value={trigger.every_minutes} onChange={(minutes) => change({ trigger: { when: "schedule", every_minutes: Number(minutes) } })} />}
        <Line label={t("rule.limit")} type="number" value={spec.limit} onChange={(limit) => change({ limit: Number(limit) })} />
      </div>
      <fieldset className="grid min-w-0 gap-2">
        <legend className="mb-2 font-semibold">{t("rule.if")}</legend>
        <ConditionEditor value={spec.condition} groups={groups} onChange={(condition) => change({ condition })} />
      </fieldset>
      <fieldset className="grid min-w-0 gap-2">
        <legend className="mb-2 font-semibold">{t("rule.then")}</legend>
        {spec.actions.map((action, n) => (
          <ActionEditor
            key={n}
            value={action}
            groups={groups}
            onChange={(next) => change({ actions: spec.actions.map((each, at) => (at === n ? next : each)) })}
            onRemove={spec.actions.length > 1 ? () => change({ actions: spec.actions.filter((_, at) => at !== n) }) : undefined}
          />
        ))}
        <div>
          <Button size="sm" onClick={() => change({ actions: [...spec.actions, newAction("add_tag")] })}>
            <Plus aria-hidden />
            {t("rule.addAction")}
          </Button>
        </div>
      </fieldset>
    </>
  );
}

/** What the rule in the form would do, without doing it. */
function DryRun({ form }: { form: AppForm<RuleForm> }) {
  const { t } = useTranslation();
  const dry = useDryRun();
  const failure = dry.isError ? explain(t, dry.error) : null;
  const examples = dry.data && (dry.data.would.length > 0 ? dry.data.would : dry.data.would_not);
  return (
    <section aria-label={t("rule.dryRun")} className="grid gap-3 rounded-lg border p-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <p className="min-w-0 flex-1 basis-56 text-sm text-muted-foreground">{t("rule.dryRunText")}</p>
        <Button onClick={() => dry.mutate(form.getValues("spec"))} busy={dry.isPending}>
          <FlaskConical aria-hidden />
          {t("rule.dryRun")}
        </Button>
      </div>
      <div aria-live="polite" className="grid gap-3">
        {failure && (
          <Alert tone="danger" title={failure.title}>
            {failure.action}
          </Alert>
        )}
        {dry.data && <Alert tone="info" title={t("rule.wouldAct", { asked: dry.data.asked, acted: dry.data.acted, tickets: dry.data.tickets })} />}
        {examples && examples.length > 0 && (
          <ul className="grid gap-2">
            {examples.slice(0, 10).map((seen) => (
              <li key={`${seen.ticket_id} ${seen.at}`} className="rounded-md border p-2">
                <Link to={`/desk/tickets/${seen.ticket_id}`} className="text-sm font-medium underline">
                  {t("rule.ticket", { n: seen.ticket_number })}
                </Link>
                <FindingTree finding={seen.finding} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
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
      {run.finding && <FindingTree finding={run.finding} />}
      {run.actions?.map((action, n) => (
        <p key={n} className="text-sm text-muted-foreground">
          {t(`ruleAction.${action.do}`)}: {t([`actionResult.${action.result}`, "actionResult.refused"])}
        </p>
      ))}
    </div>
  );
}
