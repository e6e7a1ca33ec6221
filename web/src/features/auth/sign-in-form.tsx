import { useState } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { signIn, type Owed } from "@/api/session";
import { TextField } from "@/components/form/fields";
import { Form } from "@/components/form/form";
import { useAppForm } from "@/components/form/use-app-form";
import { Button } from "@/components/ui/button";
import { PasskeySignIn } from "./passkey-sign-in";
import { SecondFactorForm } from "./second-factor-form";

const schema = z.object({ email: z.email("field.not_an_address"), password: z.string().min(1, "field.empty") });

interface SignInFormProps {
  /** The address is given and cannot change: somebody signs in again in place. */
  email?: string;
  onDone?: () => void;
}

export function SignInForm({ email, onDone }: SignInFormProps) {
  const { t } = useTranslation();
  const [owed, setOwed] = useState<Owed | null>(null);
  const form = useAppForm({
    schema,
    values: { email: email ?? "", password: "" },
    save: ({ email: address, password }) => signIn(address.trim(), password),
    onSaved: (still) => (still ? setOwed(still) : onDone?.()),
    guard: false,
  });
  if (owed) return <SecondFactorForm owed={owed} onDone={onDone} onAgain={() => setOwed(null)} />;
  return (
    <>
      <Form form={form}>
        <TextField
          form={form}
          name="email"
          label={t("auth.email")}
          required
          type="email"
          dir="ltr"
          inputMode="email"
          autoComplete={email === undefined ? "username webauthn" : "username"}
          readOnly={email !== undefined}
          autoFocus={email === undefined}
        />
        <TextField form={form} name="password" label={t("auth.password")} required type="password" dir="ltr" autoComplete="current-password" data-autofocus={email !== undefined || undefined} />
        <Button type="submit" variant="primary" size="lg" busy={form.formState.isSubmitting}>
          {t("auth.signIn")}
        </Button>
      </Form>
      <PasskeySignIn autofill={email === undefined} onDone={onDone} />
    </>
  );
}
