import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { z } from "zod";
import { SelectField, TextField } from "@/components/form/fields";
import { Form, FormActions } from "@/components/form/form";
import { useAppForm } from "@/components/form/use-app-form";
import { Page } from "@/components/page";
import { Card } from "@/components/ui/card";
import { toast } from "@/components/ui/toast";
import { useRoleOptions } from "@/features/roles/data/queries";
import { LOCALE_NAMES, LOCALES } from "@/i18n";
import { useInvite } from "./data/queries";

const schema = z.object({
  email: z.string().trim().min(1, "field.empty"),
  name: z.string().trim().min(1, "field.empty"),
  role_id: z.string().min(1, "field.empty"),
  locale: z.enum(["fr", "en", "ar"]),
});

export function InvitePage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const roles = useRoleOptions();
  const invite = useInvite();
  const form = useAppForm<z.infer<typeof schema>, { id: string; email: string }>({
    schema,
    values: { email: "", name: "", role_id: "", locale: "fr" },
    save: (body, { key }) => invite.mutateAsync({ body, key }),
    onSaved: ({ id, email }) => {
      toast({ tone: "success", title: t("person.invited", { email }) });
      void navigate(`/admin/users/${id}`, { replace: true });
    },
  });
  return (
    <Page title={t("person.invite")} description={t("person.inviteText")} back={{ to: "/admin/users", label: t("person.back") }} width="narrow">
      <Card className="p-4 sm:p-6">
        <Form form={form}>
          <div className="grid items-start gap-4 sm:grid-cols-2">
            <TextField form={form} name="email" label={t("person.email")} required type="email" dir="ltr" autoComplete="off" />
            <TextField form={form} name="name" label={t("person.name")} required autoComplete="off" />
            <SelectField form={form} name="role_id" label={t("person.role")} required options={[{ value: "", label: t("person.chooseRole") }, ...roles]} />
            <SelectField form={form} name="locale" label={t("person.locale")} options={LOCALES.map((value) => ({ value, label: LOCALE_NAMES[value] }))} />
          </div>
          <FormActions form={form} save={t("person.sendInvitation")} onCancel={() => void navigate("/admin/users")} />
        </Form>
      </Card>
    </Page>
  );
}
