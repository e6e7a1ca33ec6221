import { useState } from "react";
import { useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { z } from "zod";
import { fieldWords } from "@/api/problem";
import { ErrorState } from "@/components/error-state";
import { SelectField, TextField } from "@/components/form/fields";
import { Form, FormActions } from "@/components/form/form";
import { useAppForm } from "@/components/form/use-app-form";
import { Mono } from "@/components/mono";
import { Page } from "@/components/page";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { PermissionEditor } from "@/features/roles/components/permission-editor";
import { usePermissions } from "@/features/roles/data/queries";
import { useUser } from "@/features/shell/use-user";
import { ShownOnce } from "./components/shown-once";
import { useMakeToken } from "./data/own";
import { LIVES } from "./data/token";

const TOKENS = "/account/security?tab=tokens";
const NONE: ReadonlySet<string> = new Set();

const schema = z.object({
  name: z.string().trim().min(1, "field.empty").max(100, "field.too_long"),
  days: z.enum(LIVES),
  scopes: z.array(z.string()).min(1, "apiToken.scopeNeeded"),
});

/** Makes a token: what it may do, how long, and then its secret, once. */
export function NewTokenPage() {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const { permissions } = useUser();
  const catalogue = usePermissions();
  const make = useMakeToken();
  const [secret, setSecret] = useState<string | null>(null);
  const form = useAppForm<z.infer<typeof schema>, { secret: string }>({
    schema,
    values: { name: "", days: "90", scopes: [] },
    says: ["scopes"],
    save: ({ name, days, scopes }, { key }) => make.mutateAsync({ name, scopes, expires_in_days: Number(days), key }),
    onSaved: (made) => setSecret(made.secret),
  });
  const scopes = useWatch({ control: form.control, name: "scopes" });
  const wrong = form.formState.errors.scopes?.message;
  const held = (catalogue.data?.items ?? [])
    .map((category) => ({ ...category, permissions: category.permissions.filter(({ key }) => permissions.includes(key)) }))
    .filter((category) => category.permissions.length > 0);
  return (
    <Page title={t("apiToken.new")} back={{ to: TOKENS, label: t("apiToken.back") }} width="narrow">
      <Card className="p-4 sm:p-6">
        <Form form={form}>
          <div className="grid items-start gap-4 sm:grid-cols-2">
            <TextField form={form} name="name" label={t("apiToken.name")} hint={t("apiToken.nameHint")} required autoComplete="off" />
            <SelectField form={form} name="days" label={t("apiToken.life")} options={LIVES.map((value) => ({ value, label: t(`tokenLife.${value}`) }))} />
          </div>
          <fieldset className="grid min-w-0 gap-3">
            <legend className="text-sm font-medium">{t("apiToken.mayDo")}</legend>
            <p className="mt-1 text-xs text-muted-foreground">{t("apiToken.mayDoText")}</p>
            {wrong && (
              <p role="alert" className="text-xs font-medium text-danger">
                {fieldWords(i18n, wrong)}
              </p>
            )}
            {catalogue.data ? (
              <PermissionEditor
                categories={held}
                chosen={scopes}
                inherited={NONE}
                readOnly={false}
                onChange={(next) => form.setValue("scopes", next, { shouldDirty: true, shouldValidate: form.formState.isSubmitted })}
              />
            ) : catalogue.isError ? (
              <ErrorState error={catalogue.error} onRetry={() => void catalogue.refetch()} />
            ) : (
              <Skeleton className="h-60" />
            )}
          </fieldset>
          <FormActions form={form} save={t("apiToken.make")} onCancel={() => void navigate(TOKENS)} />
        </Form>
      </Card>
      {secret !== null && (
        <ShownOnce title={t("apiToken.made")} warning={t("apiToken.once")} text={secret} onKept={() => void navigate(TOKENS)}>
          <p className="rounded-md border bg-sunken p-3">
            <Mono className="select-all">{secret}</Mono>
          </p>
        </ShownOnce>
      )}
    </Page>
  );
}
