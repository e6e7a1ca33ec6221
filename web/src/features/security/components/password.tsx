import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { TextField } from "@/components/form/fields";
import { Form } from "@/components/form/form";
import { useAppForm } from "@/components/form/use-app-form";
import { Button } from "@/components/ui/button";
import { Section } from "@/components/ui/section";
import { toast } from "@/components/ui/toast";
import { useUser } from "@/features/shell/use-user";
import { changePassword } from "../data/own";

const schema = z.object({ current_password: z.string().min(1, "field.empty"), new_password: z.string().min(15, "field.too_short") });
const EMPTY = { current_password: "", new_password: "" };

export function Password() {
  const { t } = useTranslation();
  const { email } = useUser();
  const queries = useQueryClient();
  const form = useAppForm({
    schema,
    values: EMPTY,
    save: (values) => changePassword(values.current_password, values.new_password),
    afterwards: () => EMPTY,
    onSaved: () => {
      toast({ tone: "success", title: t("safety.passwordChanged") });
      void queries.invalidateQueries({ queryKey: ["me", "sessions"] });
    },
    guard: false,
  });
  return (
    <Section title={t("auth.password")}>
      <Form form={form} label={t("safety.changePassword")}>
        <p className="text-sm text-muted-foreground">{t("safety.passwordText")}</p>
        {/* Password managers want to know whose password it is. */}
        <input type="email" autoComplete="username" value={email} readOnly hidden />
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <TextField form={form} name="current_password" label={t("safety.currentPassword")} required type="password" dir="ltr" autoComplete="current-password" />
          <TextField form={form} name="new_password" label={t("auth.newPassword")} hint={t("auth.passwordHint")} required type="password" dir="ltr" autoComplete="new-password" />
        </div>
        <div>
          <Button type="submit" variant="primary" busy={form.formState.isSubmitting}>
            {t("safety.changePassword")}
          </Button>
        </div>
      </Form>
    </Section>
  );
}
