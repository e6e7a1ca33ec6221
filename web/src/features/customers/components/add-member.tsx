import { useTranslation } from "react-i18next";
import { z } from "zod";
import { SelectField, TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { ROLES, useAddMember } from "../data/queries";

const schema = z.object({ email: z.string().trim().min(1, "field.empty"), role: z.enum(ROLES) });

/** Lets somebody with an account act for a customer. */
export function AddMember({ id, roles, onClose }: { id: string; roles: { value: string; label: string }[]; onClose: () => void }) {
  const { t } = useTranslation();
  const add = useAddMember(id);
  const form = useAppForm<z.infer<typeof schema>>({
    schema,
    values: { email: "", role: "viewer" },
    save: (values, { key }) => add.mutateAsync({ body: values, key }),
    onSaved: onClose,
    guard: false,
  });
  return (
    <FormDialog form={form} title={t("customer.addMember")} confirm={t("common.save")} onClose={onClose}>
      <TextField form={form} name="email" label={t("customer.email")} dir="ltr" type="email" required autoComplete="off" data-autofocus />
      <SelectField form={form} name="role" label={t("customer.role")} options={roles} />
    </FormDialog>
  );
}
