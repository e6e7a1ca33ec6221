import { useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import type { ProviderSettings, SignOnPreset } from "@/api/types";
import { DeleteButton } from "@/components/delete-button";
import { ErrorState } from "@/components/error-state";
import { CheckField, SelectField, TextField } from "@/components/form/fields";
import { Form, FormActions } from "@/components/form/form";
import { useAppForm, type AppForm } from "@/components/form/use-app-form";
import { Mono } from "@/components/mono";
import { Page } from "@/components/page";
import { Card } from "@/components/ui/card";
import { CopyButton } from "@/components/ui/copy-button";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { ProviderTest } from "./components/provider-test";
import { BEGINS, PRESETS, providerSchema, toForm, toInput, type ProviderForm } from "./data/form";
import { useDeleteProvider, useProvider, useSaveProvider } from "./data/queries";

const LIST = "/admin/single-sign-on";

export function NewProviderPage() {
  return <ProviderEditor />;
}

export function ProviderPage() {
  const { id = "" } = useParams();
  const provider = useProvider(id);
  if (provider.isPending) return <Skeleton className="m-6 h-96 max-w-3xl" />;
  if (!provider.data) return <ErrorState page list={LIST} error={provider.error} onRetry={() => void provider.refetch()} />;
  return <ProviderEditor key={id} provider={provider.data} reload={async () => (await provider.refetch()).data} />;
}

interface ProviderEditorProps {
  provider?: ProviderSettings;
  reload?: () => Promise<ProviderSettings | undefined>;
}

function ProviderEditor({ provider, reload = () => Promise.resolve(undefined) }: ProviderEditorProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const save = useSaveProvider(provider?.id);
  const creates = provider === undefined;
  const form = useAppForm<ProviderForm, ProviderSettings>({
    schema: providerSchema,
    values: toForm(provider),
    present: provider && { version: provider.version, reload },
    save: (values, sending) => save.mutateAsync({ body: toInput(values, creates), ...sending }),
    onSaved: ({ id }) => {
      toast({ tone: "success", title: t("provider.saved") });
      // A new one is tested next.
      void navigate(creates ? `${LIST}/${id}` : LIST);
    },
  });
  return (
    <Page title={provider ? provider.name : t("provider.new")} back={{ to: LIST, label: t("provider.back") }} actions={provider && <Remove provider={provider} />} width="narrow">
      <Card className="p-4 sm:p-6">
        <Form form={form}>
          <Identity form={form} creates={creates} secretKept={provider?.has_client_secret ?? false} />
          <RedirectUri uri={provider?.redirect_uri ?? `${location.origin}/sign-in/callback`} />
          <TextField form={form} name="scopes" label={t("provider.scopes")} hint={t("provider.scopesHint")} dir="ltr" autoComplete="off" spellCheck={false} />
          <TextField form={form} name="allowed_domains" label={t("provider.domains")} hint={t("provider.domainsHint")} dir="ltr" autoComplete="off" spellCheck={false} />
          <CheckField form={form} name="enabled" label={t("provider.enabled")} />
          <CheckField form={form} name="registration" label={t("provider.registration")} hint={t("provider.registrationHint")} />
          <CheckField form={form} name="for_staff" label={t("provider.forStaff")} hint={t("provider.forStaffHint")} />
          <CheckField form={form} name="trust_email" label={t("provider.trustEmail")} hint={t("provider.trustEmailHint")} />
          <CheckField form={form} name="trust_mfa" label={t("provider.trustMfa")} hint={t("provider.trustMfaHint")} />
          {provider && <ProviderTest id={provider.id} />}
          <FormActions form={form} onCancel={() => void navigate(LIST)} />
        </Form>
      </Card>
    </Page>
  );
}

/** Who the provider is, and what it knows us by. */
function Identity({ form, creates, secretKept }: { form: AppForm<ProviderForm>; creates: boolean; secretKept: boolean }) {
  const { t } = useTranslation();
  const preset = useWatch({ control: form.control, name: "preset" });
  const begin = (chosen: SignOnPreset) => {
    for (const name of ["slug", "name", "issuer"] as const) form.setValue(name, BEGINS[chosen][name], { shouldDirty: true });
  };
  return (
    <div className="grid items-start gap-4 sm:grid-cols-2">
      <SelectField
        form={form}
        name="preset"
        label={t("provider.preset")}
        disabled={!creates}
        options={PRESETS.map((value) => ({ value, label: t(`signOnPreset.${value}`) }))}
        onInput={(event) => begin(event.currentTarget.value as SignOnPreset)}
      />
      <TextField form={form} name="name" label={t("provider.name")} hint={t("provider.nameHint")} required autoComplete="off" />
      <TextField
        form={form}
        name="issuer"
        label={t("provider.issuer")}
        hint={t(`issuerHint.${preset}`)}
        required
        readOnly={preset === "google"}
        dir="ltr"
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
      />
      <TextField form={form} name="slug" label={t("provider.slug")} hint={t("provider.slugHint")} required readOnly={!creates} dir="ltr" autoComplete="off" spellCheck={false} />
      <TextField form={form} name="client_id" label={t("provider.clientId")} required dir="ltr" autoComplete="off" spellCheck={false} />
      <TextField
        form={form}
        name="client_secret"
        label={t("provider.clientSecret")}
        hint={t(secretKept ? "provider.secretKept" : "provider.secretHint")}
        type="password"
        dir="ltr"
        autoComplete="new-password"
      />
    </div>
  );
}

function RedirectUri({ uri }: { uri: string }) {
  const { t } = useTranslation();
  return (
    <div className="grid gap-1 rounded-lg border p-3 text-sm">
      <p className="text-muted-foreground">{t("provider.redirect")}</p>
      <p className="flex items-center gap-2">
        <Mono className="min-w-0 break-all select-all">{uri}</Mono>
        <CopyButton text={uri} label={t("common.copy")} />
      </p>
    </div>
  );
}

function Remove({ provider }: { provider: ProviderSettings }) {
  const { t } = useTranslation();
  const remove = useDeleteProvider();
  return (
    <DeleteButton
      title={t("provider.deleteTitle", { name: provider.name })}
      text={t("provider.deleteText", { people: provider.people })}
      remove={() => remove.mutateAsync(provider)}
      to={LIST}
    />
  );
}
