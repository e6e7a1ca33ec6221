import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { z } from "zod";
import { knock } from "@/api/session";
import { TextField } from "@/components/form/fields";
import { Form } from "@/components/form/form";
import { useAppForm } from "@/components/form/use-app-form";
import { Button } from "@/components/ui/button";
import { AuthFrame } from "./auth-frame";

const schema = z.object({
  name: z.string().min(1, "field.empty"),
  email: z.email("field.not_an_address"),
  password: z.string().min(15, "field.too_short"),
});

/** Asks for an account. What becomes of it is told by mail only. */
export function RegisterPage() {
  const { t, i18n } = useTranslation();
  const [asked, setAsked] = useState(false);
  const form = useAppForm({
    schema,
    values: { name: "", email: "", password: "" },
    save: ({ name, email, password }) => knock("/auth/register", { name, email: email.trim(), password, locale: i18n.language }),
    onSaved: () => setAsked(true),
    guard: false,
  });
  if (asked) return <AuthFrame title={t("auth.lookIntoMail")} subtitle={t("auth.lookIntoMailText")} />;
  return (
    <AuthFrame title={t("auth.to.register")} subtitle={t("auth.registerText")}>
      <Form form={form}>
        <TextField form={form} name="name" label={t("auth.name")} required autoComplete="name" autoFocus />
        <TextField form={form} name="email" label={t("auth.email")} required type="email" dir="ltr" autoComplete="username" />
        <TextField form={form} name="password" label={t("auth.password")} hint={t("auth.passwordHint")} required type="password" dir="ltr" autoComplete="new-password" />
        <Button type="submit" variant="primary" size="lg" busy={form.formState.isSubmitting}>
          {t("auth.to.register")}
        </Button>
      </Form>
      <Link to="/login" className="mt-4 block py-2 text-sm underline underline-offset-4">
        {t("auth.signIn")}
      </Link>
    </AuthFrame>
  );
}
