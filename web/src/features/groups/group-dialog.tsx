import { useTranslation } from "react-i18next";
import type { SupportGroup, SupportGroupDetail } from "@/api/types";
import { CheckField, SelectField, TextAreaField, TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm, type AppForm } from "@/components/form/use-app-form";
import { toast } from "@/components/ui/toast";
import { useMay } from "@/features/shell/use-user";
import { after, named } from "@/lib/choices";
import { schema, type GroupForm, STRATEGIES, toForm, toInput, useCalendars, useSaveGroup } from "./data";

interface GroupDialogProps {
  /** The one that is changed; absent for a new one. */
  group?: SupportGroup;
  reload?: () => Promise<{ version: number } | undefined>;
  onSaved?: (group: SupportGroupDetail) => void;
  onClose: () => void;
}

/** How the group treats customers who do not answer, or write when nobody expects them to. */
function ConductFields({ form }: { form: AppForm<GroupForm> }) {
  const { t } = useTranslation();
  // Whoever may not look at calendars keeps the one there is.
  const calendars = useCalendars(useMay("sla.view"));
  return (
    <>
      <CheckField form={form} name="remind" label={t("groupAdmin.remind")} hint={t("groupAdmin.remindHint")} />
      {form.watch("remind") && <TextField form={form} name="remind_days" dir="ltr" autoComplete="off" label={t("groupAdmin.remindDays")} hint={t("groupAdmin.remindDaysHint")} required />}
      <TextField form={form} name="resolve_after_days" type="number" min={1} max={365} dir="ltr" label={t("groupAdmin.resolveAfter")} hint={t("groupAdmin.resolveAfterHint")} />
      {calendars.data && (
        <SelectField form={form} name="calendar_id" label={t("groupAdmin.calendar")} hint={t("groupAdmin.calendarHint")} options={after({ value: "", label: t("groupAdmin.everyDay") }, named(calendars.data.items))} />
      )}
      <CheckField form={form} name="reply_ends_hold" label={t("groupAdmin.replyEndsHold")} hint={t("groupAdmin.replyEndsHoldHint")} />
      <TextField form={form} name="reopen_window_hours" type="number" min={0} max={720} dir="ltr" label={t("groupAdmin.reopenWindow")} hint={t("groupAdmin.reopenWindowHint")} required />
    </>
  );
}

/** What a group is called, how its tickets are dealt out, and how it treats its customers. */
export function GroupDialog({ group, reload = () => Promise.resolve(undefined), onSaved, onClose }: GroupDialogProps) {
  const { t } = useTranslation();
  const save = useSaveGroup(group?.id);
  const form = useAppForm<GroupForm, SupportGroupDetail>({
    schema,
    values: toForm(group),
    present: group && { version: group.version, reload },
    save: (values, sending) => save.mutateAsync({ body: toInput(values), ...sending }),
    onSaved: (saved) => {
      toast({ tone: "success", title: t("groupAdmin.saved") });
      onClose();
      onSaved?.(saved);
    },
  });
  return (
    <FormDialog form={form} title={t(group ? "groupAdmin.edit" : "groupAdmin.new")} confirm={t("common.save")} onClose={onClose}>
      <TextField form={form} name="name" label={t("groupAdmin.name")} required maxLength={80} autoComplete="off" />
      <TextAreaField form={form} name="description" label={t("groupAdmin.description")} rows={2} maxLength={500} />
      <SelectField form={form} name="strategy" label={t("groupAdmin.strategy")} hint={t("groupAdmin.strategyHint")} options={STRATEGIES.map((value) => ({ value, label: t(`dealStrategy.${value}`) }))} />
      <CheckField form={form} name="members_only" label={t("groupAdmin.membersOnly")} hint={t("groupAdmin.membersOnlyHint")} />
      <CheckField form={form} name="members_handle" label={t("groupAdmin.membersHandle")} hint={t("groupAdmin.membersHandleHint")} />
      <CheckField form={form} name="survey" label={t("groupAdmin.survey")} hint={t("groupAdmin.surveyHint")} />
      {form.watch("survey") && (
        <TextField form={form} name="survey_delay_hours" type="number" min={0} max={72} dir="ltr" label={t("groupAdmin.surveyDelay")} hint={t("groupAdmin.surveyDelayHint")} required />
      )}
      <ConductFields form={form} />
      {group && <CheckField form={form} name="active" label={t("groupAdmin.active")} hint={t("groupAdmin.activeHint")} />}
    </FormDialog>
  );
}
