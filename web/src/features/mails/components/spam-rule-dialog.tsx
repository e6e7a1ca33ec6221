import { useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import type { SpamRule } from "@/api/types";
import { CheckField, SelectField, TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { toast } from "@/components/ui/toast";
import { SPAM_FIELDS, SPAM_VERDICTS, spamRuleSchema, toSpamForm, useSaveSpamRule, type SpamRuleForm } from "../data/spam";

interface SpamRuleDialogProps {
  rule?: SpamRule;
  /** Reads the rule again after somebody else was quicker; nothing when it is gone. */
  reload?: () => Promise<SpamRule | undefined>;
  onClose: () => void;
}

/** A new rule about spam, or a change of one. */
export function SpamRuleDialog({ rule, reload = () => Promise.resolve(undefined), onClose }: SpamRuleDialogProps) {
  const { t } = useTranslation();
  const save = useSaveSpamRule(rule?.id);
  const form = useAppForm<SpamRuleForm, SpamRule>({
    schema: spamRuleSchema,
    values: toSpamForm(rule),
    present: rule && { version: rule.version, reload },
    save: (body, sending) => save.mutateAsync({ body, ...sending }),
    onSaved: () => {
      toast({ tone: "success", title: t("spamRule.saved") });
      onClose();
    },
  });
  const field = useWatch({ control: form.control, name: "field" });
  return (
    <FormDialog form={form} title={t(rule ? "spamRule.edit" : "spamRule.new")} confirm={t("common.save")} onClose={onClose}>
      <SelectField form={form} name="verdict" label={t("spamRule.verdict")} options={SPAM_VERDICTS.map((value) => ({ value, label: t(`spamRuleVerdict.${value}`) }))} />
      <SelectField form={form} name="field" label={t("spamRule.field")} options={SPAM_FIELDS.map((value) => ({ value, label: t(`spamRuleField.${value}`) }))} />
      <TextField form={form} name="value" label={t("spamRule.value")} hint={t(`spamRuleHint.${field}`)} required autoComplete="off" dir="auto" />
      <TextField form={form} name="note" label={t("spamRule.note")} hint={t("spamRule.noteHint")} autoComplete="off" />
      <CheckField form={form} name="enabled" label={t("spamRule.enabled")} />
    </FormDialog>
  );
}
