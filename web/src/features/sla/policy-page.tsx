import { Plus } from "lucide-react";
import { Controller, useFieldArray } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import { PRIORITIES, type SlaPolicy } from "@/api/types";
import { Several } from "@/components/form/choices";
import { CheckField, SelectField, TextField } from "@/components/form/fields";
import { Form, FormActions } from "@/components/form/form";
import { useAppForm, type AppForm } from "@/components/form/use-app-form";
import { ErrorState } from "@/components/error-state";
import { Page } from "@/components/page";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { useNotificationGroups } from "@/features/notifications/data";
import { useMay } from "@/features/shell/use-user";
import { after, named, type Choices } from "@/lib/choices";
import { useAgents, useMayChooseAgents } from "@/lib/use-agents";
import { choices, useCategories } from "@/lib/use-categories";
import { Remove } from "./components/remove";
import { CLOCKS, KINDS, TIERS, schema, toForm, toInput, type PolicyForm } from "./data/policy";
import { useCalendars, usePolicies, useSavePolicy, useSlaOptions } from "./data/queries";

const BACK = "/admin/sla";

export function NewPolicyPage() {
  return <Loaded />;
}

export function PolicyPage() {
  const { id = "" } = useParams();
  return <Loaded key={id} id={id} />;
}

function Loaded({ id }: { id?: string }) {
  const { t } = useTranslation();
  const policies = usePolicies();
  const calendars = useCalendars();
  const options = useSlaOptions();
  const failed = [policies, calendars, options].find((query) => query.isError && !query.data);
  if (failed) return <ErrorState page list={BACK} error={failed.error} onRetry={() => void Promise.all([policies.refetch(), calendars.refetch(), options.refetch()])} />;
  if (!policies.data || !calendars.data || !options.data) return <Skeleton className="m-6 h-96 max-w-6xl" />;
  const policy = policies.data.items.find((one) => one.id === id);
  if (id && !policy) return <Page title={t("slaAdmin.gone")} back={{ to: BACK, label: t("slaAdmin.back") }}>{null}</Page>;
  const reload = async () => (await policies.refetch()).data?.items.find((one) => one.id === id);
  return <Editor policy={policy} calendars={calendars.data.items} groups={options.data.groups} reload={reload} />;
}

interface EditorProps {
  policy?: SlaPolicy;
  calendars: { id: string; name: string }[];
  groups: { id: string; name: string }[];
  reload: () => Promise<SlaPolicy | undefined>;
}

function Editor({ policy, calendars, groups, reload }: EditorProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const save = useSavePolicy(policy?.id);
  const categories = useCategories();
  const form = useAppForm<PolicyForm>({
    schema,
    values: toForm(policy, calendars[0]?.id ?? ""),
    present: policy && { version: policy.version, reload },
    save: (values, sending) => save.mutateAsync({ body: toInput(values), ...sending }),
    onSaved: () => {
      toast({ tone: "success", title: t("slaAdmin.saved") });
      void navigate(BACK);
    },
  });
  return (
    <Page title={policy?.name ?? t("slaAdmin.newPolicy")} back={{ to: BACK, label: t("slaAdmin.back") }} actions={policy && !policy.fallback && <Remove what="policies" item={policy} />}>
      <Form form={form} label={policy?.name ?? t("slaAdmin.newPolicy")}>
        {policy && <Alert tone="info" title={t("slaAdmin.newVersion")} />}
        <Section title={t("slaAdmin.general")}>
          <div className="grid items-start gap-4 sm:grid-cols-2">
            <TextField form={form} name="name" label={t("slaAdmin.name")} required />
            <SelectField form={form} name="calendar_id" label={t("slaAdmin.calendar")} required options={named(calendars)} />
            {!policy?.fallback && <CheckField form={form} name="enabled" label={t("slaAdmin.enabled")} hint={t("slaAdmin.enabledHint")} />}
          </div>
        </Section>
        {!policy?.fallback && (
          <Section title={t("slaAdmin.who")}>
            <div className="grid items-start gap-4 sm:grid-cols-2">
              <AnyOf form={form} name="priorities" label={t("slaAdmin.priorities")} options={PRIORITIES.map((value) => ({ value, label: t(`priority.${value}`) }))} />
              <AnyOf form={form} name="groups" label={t("slaAdmin.groups")} options={named(groups)} />
              {categories?.length !== 0 && (
                <AnyOf form={form} name="categories" label={t("slaAdmin.categories")} options={choices(categories, ...(policy?.promises.categories ?? []))} />
              )}
              <AnyOf form={form} name="customer_kinds" label={t("slaAdmin.customers")} options={KINDS.map((value) => ({ value, label: t(`slaAdmin.kind.${value}`) }))} />
              <AnyOf form={form} name="customer_tiers" label={t("slaAdmin.tiers")} options={TIERS.map((value) => ({ value, label: t(`slaAdmin.tier.${value}`) }))} />
            </div>
          </Section>
        )}
        <Section title={t("slaAdmin.targets")}>
          <div className="grid gap-4">
            <p className="text-sm text-muted-foreground">{t("slaAdmin.targetsText")}</p>
            {PRIORITIES.map((priority) => (
              <fieldset key={priority} className="grid gap-2 sm:grid-cols-3">
                <legend className="mb-1 text-sm font-semibold">{t(`priority.${priority}`)}</legend>
                {CLOCKS.map((clock) => (
                  <TextField key={clock} form={form} name={`targets.${priority}.${clock}`} label={t(`slaClock.${clock}`)} dir="ltr" autoComplete="off" />
                ))}
              </fieldset>
            ))}
            <TextField form={form} name="warnings" label={t("slaAdmin.warnings")} hint={t("slaAdmin.warningsHint")} dir="ltr" autoComplete="off" className="max-w-xs" />
            <div className="grid gap-1">
              <CheckField form={form} name="pause_on_hold" label={t("slaAdmin.pauseOnHold")} />
              <CheckField form={form} name="pause_answered" label={t("slaAdmin.pauseAnswered")} />
            </div>
          </div>
        </Section>
        <Escalations form={form} groups={groups} />
        <FormActions form={form} onCancel={() => void navigate(BACK)} />
      </Form>
    </Page>
  );
}

/** Any of a few; none means all. */
function AnyOf({ form, name, label, options }: { form: AppForm<PolicyForm>; name: "priorities" | "groups" | "categories" | "customer_kinds" | "customer_tiers"; label: string; options: Choices }) {
  const { t } = useTranslation();
  return (
    <Controller
      control={form.control}
      name={name}
      render={({ field }) => <Several label={label} hint={t("slaAdmin.noneIsAll")} chosen={field.value} options={options} onChange={field.onChange} />}
    />
  );
}

function Escalations({ form, groups }: { form: AppForm<PolicyForm>; groups: { id: string; name: string }[] }) {
  const { t } = useTranslation();
  const { fields, append, remove } = useFieldArray({ control: form.control, name: "escalations" });
  const agents = useAgents();
  const told = useNotificationGroups();
  // Who may not see the people has nobody to choose; whoever is told already stays told.
  const mayTickets = useMay("tickets.view");
  const mayAgents = useMayChooseAgents();
  const nobody = { value: "", label: t("slaAdmin.nobody") };
  const same = { value: "", label: t("slaAdmin.unchanged") };
  return (
    <Section
      title={t("slaAdmin.escalations")}
      actions={
        <Button size="sm" onClick={() => append({ clock: "resolution", after: "0:00", notify_assignee: true, notify: "", others: [], notify_group: "", other_groups: [], priority: "", group_id: "" })} disabled={fields.length >= 10}>
          <Plus aria-hidden />
          {t("slaAdmin.addEscalation")}
        </Button>
      }
    >
      <div className="grid gap-4">
        <p className="text-sm text-muted-foreground">{t("slaAdmin.escalationsText")}</p>
        {fields.map((field, n) => (
          <fieldset key={field.id} className="grid items-start gap-3 border-t pt-3 sm:grid-cols-3">
            <legend className="sr-only">{t("slaAdmin.link", { n: n + 1 })}</legend>
            <SelectField form={form} name={`escalations.${n}.clock`} label={t("slaAdmin.clock")} options={CLOCKS.map((value) => ({ value, label: t(`slaClock.${value}`) }))} />
            <TextField form={form} name={`escalations.${n}.after`} label={t("slaAdmin.after")} dir="ltr" autoComplete="off" />
            {mayAgents && <SelectField form={form} name={`escalations.${n}.notify`} label={t("slaAdmin.notify")} options={after(nobody, named(agents))} />}
            {mayTickets && <SelectField form={form} name={`escalations.${n}.notify_group`} label={t("slaAdmin.notifyGroup")} options={after(nobody, named(told.data?.items))} />}
            <SelectField form={form} name={`escalations.${n}.priority`} label={t("slaAdmin.raise")} options={[same, ...PRIORITIES.map((value) => ({ value, label: t(`priority.${value}`) }))]} />
            <SelectField form={form} name={`escalations.${n}.group_id`} label={t("slaAdmin.handTo")} options={after(same, named(groups))} />
            <CheckField form={form} name={`escalations.${n}.notify_assignee`} label={t("slaAdmin.notifyAssignee")} />
            <Button size="sm" variant="ghost" className="justify-self-start" onClick={() => remove(n)}>
              {t("slaAdmin.removeEscalation", { n: n + 1 })}
            </Button>
          </fieldset>
        ))}
      </div>
    </Section>
  );
}
