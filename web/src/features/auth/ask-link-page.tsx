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

const schema = z.object({ email: z.email("field.not_an_address") });

interface AskLinkPageProps {
  page: "forgot-password" | "sign-in-link";
}

/** Has a link mailed. The answer does not tell whether the address has an account. */
function AskLinkPage({ page }: AskLinkPageProps) {
  const { t, i18n } = useTranslation();
  const [asked, setAsked] = useState(false);
  const path = page === "sign-in-link" ? "/auth/magic-link" : "/auth/password-reset";
  const form = useAppForm({
    schema,
    values: { email: "" },
    save: ({ email }) => knock(path, { email: email.trim(), locale: i18n.language }),
    onSaved: () => setAsked(true),
    guard: false,
  });
  if (asked) return <AuthFrame title={t("auth.lookIntoMail")} subtitle={t("auth.lookIntoMailText")} />;
  return (
    <AuthFrame title={t(`auth.to.${page}`)} subtitle={t("auth.askLinkText")}>
      <Form form={form}>
        <TextField form={form} name="email" label={t("auth.email")} required type="email" dir="ltr" autoComplete="username" autoFocus />
        <Button type="submit" variant="primary" size="lg" busy={form.formState.isSubmitting}>
          {t("auth.sendLink")}
        </Button>
      </Form>
      <Link to="/login" className="mt-4 block py-2 text-sm underline underline-offset-4">
        {t("auth.signIn")}
      </Link>
    </AuthFrame>
  );
}

export const ForgotPasswordPage = () => <AskLinkPage page="forgot-password" />;
export const AskSignInLinkPage = () => <AskLinkPage page="sign-in-link" />;
