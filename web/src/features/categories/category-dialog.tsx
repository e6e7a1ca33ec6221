import { useTranslation } from "react-i18next";
import { PRIORITIES, type TicketCategory } from "@/api/types";
import { CheckField, SelectField, TextAreaField, TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { toast } from "@/components/ui/toast";
import { LOCALE_NAMES, LOCALES } from "@/i18n";
import { after, named } from "@/lib/choices";
import { useGroups } from "@/lib/use-groups";
import { schema, toForm, toInput, useSaveCategory, type CategoryForm } from "./data";

interface CategoryDialogProps {
  /** The one that is changed; absent for a new one. */
  category?: TicketCategory;
  /** Where a new one goes. */
  parent?: { id: string; name: string };
  reload?: () => Promise<TicketCategory | undefined>;
  onClose: () => void;
}

/** What a category is called, what belongs to it, and where it sends its tickets. */
export function CategoryDialog({ category, parent, reload = () => Promise.resolve(undefined), onClose }: CategoryDialogProps) {
  const { t } = useTranslation();
  const groups = useGroups();
  const save = useSaveCategory(category, parent?.id ?? null);
  const form = useAppForm<CategoryForm>({
    schema,
    values: toForm(category),
    present: category && { version: category.version, reload },
    save: (values, sending) => save.mutateAsync({ body: toInput(values), ...sending }),
    onSaved: () => {
      toast({ tone: "success", title: t("categoryAdmin.saved") });
      onClose();
    },
  });
  const above = { value: "", label: t("categoryAdmin.asAbove") };
  return (
    <FormDialog
      form={form}
      title={category ? t("categoryAdmin.edit") : parent ? t("categoryAdmin.newBelow", { name: parent.name }) : t("categoryAdmin.new")}
      confirm={t("common.save")}
      onClose={onClose}
    >
      {LOCALES.map((locale) => (
        <TextField key={locale} form={form} name={`names.${locale}`} label={t("categoryAdmin.nameIn", { language: LOCALE_NAMES[locale] })} required maxLength={80} lang={locale} />
      ))}
      {LOCALES.map((locale) => (
        <TextAreaField key={locale} form={form} name={`descriptions.${locale}`} label={t("categoryAdmin.descriptionIn", { language: LOCALE_NAMES[locale] })} rows={2} maxLength={500} lang={locale} />
      ))}
      <SelectField form={form} name="group_id" label={t("categoryAdmin.group")} hint={t("categoryAdmin.groupHint")} options={after(above, named(groups))} />
      <SelectField form={form} name="priority" label={t("categoryAdmin.priority")} hint={t("categoryAdmin.priorityHint")} options={[above, ...PRIORITIES.map((value) => ({ value, label: t(`priority.${value}`) }))]} />
      <TextField form={form} name="skills" label={t("categoryAdmin.skills")} hint={t("categoryAdmin.skillsHint")} autoComplete="off" />
      <CheckField form={form} name="is_default" label={t("categoryAdmin.isDefault")} hint={t("categoryAdmin.isDefaultHint")} />
      <CheckField form={form} name="active" label={t("categoryAdmin.active")} hint={t("categoryAdmin.activeHint")} />
    </FormDialog>
  );
}
