import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { explain, fieldErrors } from "@/api/problem";
import { Page } from "@/components/page";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { toast } from "@/components/ui/toast";
import { useRoles } from "@/features/roles/data/queries";
import { letGo, useLeaveGuard } from "@/lib/use-leave-guard";
import { useInvite, type Invitation } from "./data/queries";

export function InvitePage() {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const roles = useRoles();
  const invite = useInvite();
  const form = useForm<Invitation>({ defaultValues: { email: "", name: "", role_id: "", locale: "fr" } });
  const { errors, isDirty } = form.formState;
  useLeaveGuard(isDirty);
  const text = (message: string | undefined) => (message ? t(message) : undefined);
  const failure = invite.isError ? explain(t, invite.error) : null;

  const submit = form.handleSubmit((values) =>
    invite.mutate(values, {
      onSuccess: (user) => {
        toast({ tone: "success", title: t("person.invited", { email: user.email }) });
        letGo();
        void navigate(`/admin/users/${user.id}`);
      },
      onError: (error) => {
        for (const [field, message] of Object.entries(fieldErrors((name) => i18n.exists(name), error))) form.setError(field as keyof Invitation, { message });
      },
    }),
  );
  return (
    <Page title={t("person.invite")} description={t("person.inviteText")} back={{ to: "/admin/users", label: t("person.back") }} width="narrow">
      <Card className="p-4 sm:p-6">
        <form onSubmit={submit} noValidate className="grid gap-4">
          {failure && (
            <Alert tone="danger" title={failure.title} live>
              {failure.action}
            </Alert>
          )}
          <div className="grid items-start gap-4 sm:grid-cols-2">
            <Field label={t("person.email")} error={text(errors.email?.message)} required>
              {(control) => <Input {...control} {...form.register("email", { required: "field.empty" })} type="email" dir="ltr" autoComplete="off" />}
            </Field>
            <Field label={t("person.name")} error={text(errors.name?.message)} required>
              {(control) => <Input {...control} {...form.register("name", { required: "field.empty" })} dir="auto" autoComplete="off" />}
            </Field>
            <Field label={t("person.role")} error={text(errors.role_id?.message)} required>
              {(control) => (
                <Select {...control} {...form.register("role_id", { required: "field.empty" })}>
                  <option value="">{t("person.chooseRole")}</option>
                  {roles.data?.items.map((role) => (
                    <option key={role.id} value={role.id}>
                      {role.name ?? t([`role.${role.key}`, "role.other"])}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            <Field label={t("person.locale")}>
              {(control) => (
                <Select {...control} {...form.register("locale")}>
                  <option value="fr">Français</option>
                  <option value="en">English</option>
                  <option value="ar">العربية</option>
                </Select>
              )}
            </Field>
          </div>
          <div className="flex justify-end gap-2 border-t pt-4">
            <Button onClick={() => void navigate("/admin/users")}>{t("common.cancel")}</Button>
            <Button type="submit" variant="primary" busy={invite.isPending}>
              {t("person.sendInvitation")}
            </Button>
          </div>
        </form>
      </Card>
    </Page>
  );
}
