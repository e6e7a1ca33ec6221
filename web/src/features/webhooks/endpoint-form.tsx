import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import type { WebhookEndpoint } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { CheckField, TextField } from "@/components/form/fields";
import { Form, FormActions } from "@/components/form/form";
import { useAppForm } from "@/components/form/use-app-form";
import { Page } from "@/components/page";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { EventTypes } from "./components/event-types";
import { Secret } from "./components/secret";
import { endpointSchema, toForm, type EndpointForm } from "./data/form";
import { useEndpoint, useSaveEndpoint } from "./data/queries";

const LIST = "/admin/webhooks";

export function NewEndpointPage() {
  return <EndpointEditor />;
}

export function EditEndpointPage() {
  const { id = "" } = useParams();
  const endpoint = useEndpoint(id);
  if (endpoint.isPending) return <Skeleton className="m-6 h-96 max-w-3xl" />;
  if (!endpoint.data) return <ErrorState page list={LIST} error={endpoint.error} onRetry={() => void endpoint.refetch()} />;
  return <EndpointEditor key={id} endpoint={endpoint.data} reload={async () => (await endpoint.refetch()).data} />;
}

interface EndpointEditorProps {
  endpoint?: WebhookEndpoint;
  reload?: () => Promise<WebhookEndpoint | undefined>;
}

function EndpointEditor({ endpoint, reload = () => Promise.resolve(undefined) }: EndpointEditorProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const save = useSaveEndpoint(endpoint?.id);
  const [made, setMade] = useState<{ id: string; secret: string } | null>(null);
  const back = endpoint ? `${LIST}/${endpoint.id}` : LIST;
  const form = useAppForm<EndpointForm, { endpoint: WebhookEndpoint; secret?: string }>({
    schema: endpointSchema,
    values: toForm(endpoint),
    says: ["types"],
    present: endpoint && { version: endpoint.version, reload },
    save: (values, sending) => save.mutateAsync({ body: values, ...sending }),
    onSaved: (saved) => {
      if (saved.secret) return setMade({ id: saved.endpoint.id, secret: saved.secret });
      toast({ tone: "success", title: t("webhook.saved") });
      void navigate(back);
    },
  });
  return (
    <Page title={t(endpoint ? "webhook.edit" : "webhook.new")} back={{ to: back, label: t(endpoint ? "webhook.backToOne" : "webhook.back") }} width="narrow">
      <Card className="p-4 sm:p-6">
        <Form form={form}>
          <TextField form={form} name="url" label={t("webhook.url")} hint={t("webhook.urlHint")} required dir="ltr" inputMode="url" autoComplete="off" spellCheck={false} />
          <TextField form={form} name="description" label={t("webhook.description")} autoComplete="off" />
          <EventTypes form={form} />
          <CheckField form={form} name="enabled" label={t("webhook.enabled")} hint={t("webhook.enabledHint")} />
          <FormActions form={form} onCancel={() => void navigate(back)} />
        </Form>
      </Card>
      {made && <Secret secret={made.secret} onKept={() => void navigate(`${LIST}/${made.id}`)} />}
    </Page>
  );
}
