import { Plus } from "lucide-react";
import { useEffect, useRef } from "react";
import { get, useFormState, useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { z } from "zod";
import { fieldWords } from "@/api/problem";
import type { AutomationRule } from "@/api/types";
import { Pick } from "@/components/form/choices";
import { CheckField, TextField } from "@/components/form/fields";
import { Form, FormActions } from "@/components/form/form";
import { useAppForm, type AppForm } from "@/components/form/use-app-form";
import { placeErrors } from "@/components/form/verdicts";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { toast } from "@/components/ui/toast";
import { useMay } from "@/features/shell/use-user";
import { useGroups } from "@/lib/use-groups";
import { LIST, useSaveRule } from "../data/queries";
import { HAPPENINGS, isUnchosen, newAction, NEW_SPEC, type Spec } from "../data/spec";
import { ActionEditor } from "./action-editor";
import { ConditionEditor } from "./condition-editor";
import { DryRun } from "./dry-run";
import { Line, Wrong } from "./parts";

const schema = z.object({
  name: z.string().trim().min(1, "field.empty").max(80, "field.too_long"),
  enabled: z.boolean(),
  // Its parts are the server's to judge, but for what is not chosen yet: that is no rule it could read.
  spec: z.custom<Spec>(() => true).superRefine(({ actions }, context) => {
    if (actions.some(isUnchosen)) context.addIssue({ code: "custom", path: ["actions"], message: "field.not_chosen" });
  }),
});
type RuleForm = z.infer<typeof schema>;

/** What the server judges, and where it is said. */
const PARTS = ["spec", "spec.trigger", "spec.limit", "spec.condition", "spec.actions"] as const;

/** A rule as a form; who may only read rules reads it there. */
export function RuleEditor({ rule, reload = () => Promise.resolve(undefined) }: { rule?: AutomationRule; reload?: () => Promise<AutomationRule | undefined> }) {
  const { t } = useTranslation();
  const edit = useMay("automation.edit");
  const tickets = useMay("tickets.view");
  const navigate = useNavigate();
  const save = useSaveRule(rule?.id);
  const form = useAppForm<RuleForm, AutomationRule>({
    schema,
    values: { name: rule?.name ?? "", enabled: rule?.enabled ?? false, spec: rule?.spec ?? NEW_SPEC },
    present: rule && { version: rule.version, reload },
    says: PARTS,
    save: (body, sending) => save.mutateAsync({ body, ...sending }),
    onSaved: ({ id }) => {
      toast({ tone: "success", title: t("rule.saved") });
      void navigate(rule ? LIST : `${LIST}/${id}`);
    },
  });
  const spec = useWatch({ control: form.control, name: "spec" });
  return (
    <Card className="grid gap-4 p-4 sm:p-6">
      <Form form={form}>
        <fieldset disabled={!edit} className="grid min-w-0 gap-4">
          <TextField form={form} name="name" label={t("rule.name")} required autoComplete="off" />
          <CheckField form={form} name="enabled" label={t("rule.enabled")} hint={t("rule.enabledHint")} />
          <SpecFields form={form} />
        </fieldset>
        {edit && <FormActions form={form} onCancel={() => void navigate(LIST)} />}
      </Form>
      {tickets && <DryRun spec={spec} onTry={() => form.clearErrors("spec")} refused={(error) => placeErrors(form, form.getValues(), error, PARTS)} />}
    </Card>
  );
}

function SpecFields({ form }: { form: AppForm<RuleForm> }) {
  const { t, i18n } = useTranslation();
  const groups = useGroups();
  const spec = useWatch({ control: form.control, name: "spec" });
  const change = (part: Partial<Spec>) => form.setValue("spec", { ...spec, ...part }, { shouldDirty: true });
  const { trigger } = spec;
  const { errors } = useFormState({ control: form.control, name: "spec" });
  const wrong = (part: "spec" | `spec.${keyof Spec}`) => {
    const { message } = (get(errors, part) ?? {}) as { message?: unknown };
    return typeof message === "string" ? fieldWords(i18n, message) : undefined;
  };
  const frame = useRef<HTMLDivElement>(null);
  // The first part that was refused, as the first field of any form would be.
  useEffect(() => frame.current?.querySelector<HTMLElement>("[data-wrong], [aria-invalid]")?.focus(), [errors.spec]);
  return (
    <div ref={frame} className="grid gap-4">
      <Wrong text={wrong("spec")} />
      <div className="grid gap-4 sm:grid-cols-2">
        <Pick
          label={t("rule.when")}
          error={trigger.when === "event" && trigger.on !== "custom" ? wrong("spec.trigger") : undefined}
          value={trigger.when === "event" ? trigger.on : "schedule"}
          options={[...HAPPENINGS.map((on) => ({ value: on as string, label: t(`happening.${on}`) })), { value: "schedule", label: t("happening.schedule") }]}
          onChange={(on) => change({ trigger: on === "schedule" ? { when: "schedule", every_minutes: 60 } : on === "custom" ? { when: "event", on, name: "" } : { when: "event", on } })}
        />
        {trigger.when === "event" && trigger.on === "custom" && <Line label={t("rule.eventName")} error={wrong("spec.trigger")} value={trigger.name ?? ""} onChange={(name) => change({ trigger: { ...trigger, name } })} />}
        {trigger.when === "schedule" && <Line label={t("rule.every")} type="number" error={wrong("spec.trigger")} value={trigger.every_minutes} onChange={(minutes) => change({ trigger: { when: "schedule", every_minutes: Number(minutes) } })} />}
        <Line label={t("rule.limit")} type="number" error={wrong("spec.limit")} value={spec.limit} onChange={(limit) => change({ limit: Number(limit) })} />
      </div>
      <fieldset className="grid min-w-0 gap-2">
        <legend className="mb-2 font-semibold">{t("rule.if")}</legend>
        <Wrong text={wrong("spec.condition")} />
        <ConditionEditor value={spec.condition} groups={groups} onChange={(condition) => change({ condition })} />
      </fieldset>
      <fieldset className="grid min-w-0 gap-2">
        <legend className="mb-2 font-semibold">{t("rule.then")}</legend>
        <Wrong text={wrong("spec.actions")} />
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
    </div>
  );
}
