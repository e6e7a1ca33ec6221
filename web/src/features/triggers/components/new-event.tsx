import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { nameSchema } from "../data";
import { BASE } from "../trigger-list";

/** Asks for the name of the events that are to have a trigger of their own; it is set on its page. */
export function NewEventTrigger({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const form = useAppForm({
    schema: nameSchema,
    values: { name: "" },
    save: async ({ name }) => {
      await navigate(`${BASE}/custom_event:${name}`);
    },
    guard: false,
  });
  return (
    <FormDialog form={form} title={t("trigger.forName")} description={t("trigger.forNameText")} confirm={t("trigger.goOn")} onClose={onClose}>
      <TextField form={form} name="name" label={t("trigger.eventName")} hint={t("trigger.eventNameHint")} required dir="ltr" maxLength={60} autoComplete="off" data-autofocus />
    </FormDialog>
  );
}
