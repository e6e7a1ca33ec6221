import { zodResolver } from "@hookform/resolvers/zod";
import { useEffect, useRef } from "react";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { explain } from "@/api/problem";
import { signIn } from "@/api/session";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

const schema = z.object({ email: z.email("field.not_an_address"), password: z.string().min(1, "field.empty") });
type Values = z.infer<typeof schema>;

interface SignInFormProps {
  /** The address is given and cannot change: somebody signs in again in place. */
  email?: string;
  onDone?: () => void;
}

export function SignInForm({ email, onDone }: SignInFormProps) {
  const { t } = useTranslation();
  const form = useForm<Values>({ resolver: zodResolver(schema), defaultValues: { email: email ?? "", password: "" } });
  const { errors, isSubmitting } = form.formState;
  const summary = useRef<HTMLDivElement>(null);
  const failure = errors.root?.server;

  useEffect(() => {
    if (failure) summary.current?.focus();
  }, [failure]);

  const submit = form.handleSubmit(async ({ email: address, password }) => {
    try {
      await signIn(address.trim(), password);
      onDone?.();
    } catch (error) {
      const { title, action } = explain(t, error);
      form.setError("root.server", { type: title, message: action });
    }
  });
  const text = (key: string | undefined) => (key ? t(key) : undefined);

  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      {failure && (
        <div ref={summary} tabIndex={-1} className="outline-none">
          <Alert tone="danger" title={failure.type} live>
            {failure.message}
          </Alert>
        </div>
      )}
      <Field label={t("auth.email")} error={text(errors.email?.message)} required>
        {(control) => (
          <Input
            {...control}
            {...form.register("email")}
            type="email"
            dir="ltr"
            inputMode="email"
            autoComplete="username"
            readOnly={email !== undefined}
            autoFocus={email === undefined}
            className="h-10"
          />
        )}
      </Field>
      <Field label={t("auth.password")} error={text(errors.password?.message)} required>
        {(control) => (
          <Input
            {...control}
            {...form.register("password")}
            type="password"
            dir="ltr"
            autoComplete="current-password"
            data-autofocus={email !== undefined || undefined}
            className="h-10"
          />
        )}
      </Field>
      <Button type="submit" variant="primary" size="lg" busy={isSubmitting}>
        {t("auth.signIn")}
      </Button>
    </form>
  );
}
