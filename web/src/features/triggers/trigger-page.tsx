import { useState } from "react";
import { useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import { fieldWords } from "@/api/problem";
import { ErrorState } from "@/components/error-state";
import { Several } from "@/components/form/choices";
import { CheckField, TextField } from "@/components/form/fields";
import { Form, FormActions } from "@/components/form/form";
import { useAppForm } from "@/components/form/use-app-form";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { roleName } from "@/features/roles/data/role";
import { isolated } from "@/lib/isolated";
import { Readers } from "./components/readers";
import { Versions } from "./components/versions";
import { Ways } from "./components/ways";
import { keyOf, schema, toForm, triggerOf, useResetTrigger, useSaveTrigger, useTestTrigger, useTriggerOptions, useTriggers, type Trigger, type TriggerForm } from "./data";
import { BASE } from "./trigger-list";

/** One kind of event: whom it tells, how, who would learn of it, and what it did before. */
export function TriggerPage() {
  const { t, i18n } = useTranslation();
  const { topic = "" } = useParams();
  const query = useTriggers();
  if (query.isPending) return <Skeleton className="m-6 h-96" />;
  if (!query.data) return <ErrorState page list={BASE} error={query.error} onRetry={() => void query.refetch()} />;
  const trigger = triggerOf(query.data, topic);
  const back = { to: BASE, label: t("trigger.back") };
  if (!trigger) return <Page title={t("nav.notificationTriggers")} back={back}><Alert tone="warning" title={t("trigger.unknown")} /></Page>;
  return (
    <Page
      title={trigger.event === null ? t(`noticeTopic.${trigger.topic}`) : t("trigger.named", { name: isolated(trigger.event, i18n.dir()) })}
      description={trigger.event === null ? t(`noticeTopicText.${trigger.topic}`) : t("trigger.namedText")}
      back={back}
    >
      {trigger.fixed ? (
        <Alert tone="info" title={t("trigger.fixed")} />
      ) : (
        <Editor
          key={topic}
          trigger={trigger}
          reload={async () => {
            const { data } = await query.refetch();
            return data && triggerOf(data, topic);
          }}
        />
      )}
    </Page>
  );
}

function Editor({ trigger, reload }: { trigger: Trigger; reload: () => Promise<Trigger | undefined> }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const [asked, setAsked] = useState(false);
  const options = useTriggerOptions();
  const key = keyOf(trigger);
  const save = useSaveTrigger(key);
  const form = useAppForm<TriggerForm, Trigger>({
    schema,
    values: toForm(trigger.rule),
    present: { version: trigger.version, reload },
    save: (values, { version }) => save.mutateAsync({ form: values, version }),
    afterwards: (saved) => ({ ...saved, note: "" }),
    says: ["parties", "notification_group_ids", "role_ids"],
    onSaved: () => toast({ tone: "success", title: t("trigger.saved") }),
  });
  const values = useWatch({ control: form.control }) as TriggerForm;
  const { errors } = form.formState;
  const said = (name: "parties" | "notification_group_ids" | "role_ids") => {
    const message = (errors[name] as { message?: string } | undefined)?.message;
    return message === undefined ? undefined : fieldWords(i18n, message);
  };
  const groups = options.data?.notification_groups.map(({ id, name }) => ({ value: id, label: name }));
  const roles = options.data?.roles.map(({ id, key, name }) => ({ value: id, label: key === null ? name : roleName(t, { key }) }));
  return (
    <>
      <Card className="p-4 sm:p-6">
        <Form form={form} label={t("trigger.form")}>
          <p className="text-sm text-muted-foreground">
            {t(trigger.changed ? "trigger.isChanged" : trigger.event === null ? "trigger.isUsual" : "trigger.asAll")} {trigger.updated_at && <Time at={trigger.updated_at} />} <bdi>{trigger.by}</bdi>
          </p>
          <CheckField form={form} name="on" label={t("trigger.on")} hint={t("trigger.onHint")} />
          <Several
            label={t("trigger.whom")}
            hint={t("trigger.whomHint")}
            error={said("parties")}
            chosen={values.parties}
            options={trigger.party_choices.map((value) => ({ value: value as string, label: t(`noticeParty.${value}`) }))}
            onChange={(next) => form.setValue("parties", next, { shouldDirty: true })}
          />
          {trigger.takes_others && (
            <>
              <Several
                label={t("trigger.groups")}
                hint={groups?.length === 0 ? t("trigger.noGroups") : undefined}
                error={said("notification_group_ids")}
                chosen={values.notification_group_ids}
                options={groups}
                onChange={(next) => form.setValue("notification_group_ids", next, { shouldDirty: true })}
              />
              <Several
                label={t("trigger.roles")}
                hint={t("trigger.rolesHint")}
                error={said("role_ids")}
                chosen={values.role_ids}
                options={roles}
                onChange={(next) => form.setValue("role_ids", next, { shouldDirty: true })}
              />
            </>
          )}
          <Ways form={form} trigger={trigger} />
          <TextField form={form} name="note" label={t("trigger.note")} hint={t("trigger.noteHint")} autoComplete="off" />
          <FormActions form={form} onCancel={() => void navigate(BASE)}>
            {trigger.testable && <Trial topic={key} unsaved={form.formState.isDirty} />}
            {trigger.changed && (
              <Button variant="ghost" onClick={() => setAsked(true)}>
                {t("trigger.reset")}
              </Button>
            )}
          </FormActions>
        </Form>
        {asked && <Reset trigger={trigger} unsaved={form.formState.isDirty} onClose={() => setAsked(false)} />}
      </Card>
      <Readers topic={key} form={values} />
      <Versions
        trigger={trigger}
        groups={groups}
        roles={roles}
        onTake={(rule) => {
          const { note: _note, ...taken } = toForm(rule);
          for (const name of Object.keys(taken) as (keyof typeof taken)[]) form.setValue(name, taken[name], { shouldDirty: true });
        }}
      />
    </>
  );
}

/** Tells an example to oneself, by what is saved. */
function Trial({ topic, unsaved }: { topic: string; unsaved: boolean }) {
  const { t } = useTranslation();
  const test = useTestTrigger(topic);
  const go = () =>
    test.mutate(undefined, {
      onSuccess: ({ ways }) => {
        const told = ways.filter(({ delivery }) => delivery !== "off").map(({ channel }) => t(`noticeChannel.${channel}`));
        toast({ tone: "success", title: t("trigger.tested", { ways: told.join(", ") }) });
      },
    });
  return (
    <Button busy={test.isPending} disabled={unsaved} title={unsaved ? t("common.saveFirst") : undefined} onClick={go}>
      {t("trigger.test")}
    </Button>
  );
}

/** Asks before the default comes back. */
function Reset({ trigger, unsaved, onClose }: { trigger: Trigger; unsaved: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const reset = useResetTrigger(keyOf(trigger));
  return (
    <ConfirmDialog
      open
      title={t("trigger.resetTitle")}
      description={t("trigger.resetText")}
      confirm={t("trigger.reset")}
      busy={reset.isPending}
      disabled={unsaved}
      error={reset.error}
      onCancel={onClose}
      onConfirm={() =>
        reset.mutate(trigger.version, {
          onSuccess: () => {
            onClose();
            toast({ tone: "success", title: t("trigger.resetDone") });
          },
        })
      }
    >
      {unsaved && <Alert tone="info" title={t("common.saveFirst")} />}
    </ConfirmDialog>
  );
}
