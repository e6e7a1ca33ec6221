import { useState } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { knock } from "@/api/session";
import { TextField } from "@/components/form/fields";
import { Form } from "@/components/form/form";
import { useAppForm } from "@/components/form/use-app-form";
import { Button } from "@/components/ui/button";

const schema = z.object({ email: z.email("field.not_an_address") });

/** Where each kind of link is asked for. */
const PATHS = { "forgot-password": "/auth/password-reset", "sign-in-link": "/auth/magic-link" };
export type AskedLink = keyof typeof PATHS;

/** The form went with its button: the focus is at what takes its place, which is read out so. */
const focusOn = (said: HTMLElement | null) => said?.focus();

/** Has a link mailed. The answer does not tell whether the address has an account. */
export function AskLinkForm({ link, onAsked }: { link: AskedLink; onAsked?: () => void }) {
  const { t, i18n } = useTranslation();
  const [asked, setAsked] = useState(false);
  const form = useAppForm({
    schema,
    values: { email: "" },
    save: ({ email }) => knock(PATHS[link], { email: email.trim(), locale: i18n.language }),
    onSaved: () => {
      setAsked(true);
      onAsked?.();
    },
    guard: false,
  });
  if (asked)
    return (
      <div ref={focusOn} tabIndex={-1} role="status" className="grid gap-1 text-sm outline-none">
        <p className="font-medium">{t("auth.lookIntoMail")}</p>
        <p className="text-muted-foreground">{t("auth.lookIntoMailText")}</p>
      </div>
    );
  return (
    <Form form={form}>
      <TextField form={form} name="email" label={t("auth.email")} required type="email" dir="ltr" autoComplete="username" autoFocus />
      <Button type="submit" variant="primary" size="lg" busy={form.formState.isSubmitting}>
        {t("auth.sendLink")}
      </Button>
    </Form>
  );
}
