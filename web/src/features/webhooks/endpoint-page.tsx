import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { KeyRound, Pencil, PlugZap, RotateCcw, Send } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { WEBHOOK_STATES, type WebhookDelivery, type WebhookEndpoint } from "@/api/types";
import { DeleteButton } from "@/components/delete-button";
import { ErrorState } from "@/components/error-state";
import { DataList } from "@/components/list/data-list";
import { FilterBar } from "@/components/list/filter-bar";
import { RowTitle } from "@/components/list/row-title";
import { Ltr } from "@/components/mono";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Fact, Facts } from "@/components/ui/facts";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { useDataTable } from "@/components/ui/use-data-table";
import { useMay } from "@/features/shell/use-user";
import { useUrlFilter } from "@/lib/url-filter";
import { ReplayDialog } from "./components/replay-dialog";
import { Secret } from "./components/secret";
import { DeliveryState, EndpointState, LastAnswer } from "./components/states";
import { DELIVERIES, useDeleteEndpoint, useDeliveries, useEndpoint, useRotateSecret, useTestEndpoint } from "./data/queries";

const LIST = "/admin/webhooks";
const column = createColumnHelper<WebhookDelivery>();

/** One endpoint: whether it answers, and everything it was sent. */
export function EndpointPage() {
  const { id = "" } = useParams();
  const endpoint = useEndpoint(id);
  if (endpoint.isPending) return <Skeleton className="m-6 h-96" />;
  if (!endpoint.data) return <ErrorState page list={LIST} error={endpoint.error} onRetry={() => void endpoint.refetch()} />;
  return <Loaded endpoint={endpoint.data} />;
}

function Loaded({ endpoint }: { endpoint: WebhookEndpoint }) {
  const { t } = useTranslation();
  const edit = useMay("webhooks.edit");
  return (
    <Page title={endpoint.url} heading={<Ltr className="break-all">{endpoint.url}</Ltr>} back={{ to: LIST, label: t("webhook.back") }} actions={edit && <Actions endpoint={endpoint} />} width="wide">
      {endpoint.disabled_reason && (
        <Alert tone="danger" title={t(`webhookOff.${endpoint.disabled_reason}.title`)}>
          {t(`webhookOff.${endpoint.disabled_reason}.text`)}
        </Alert>
      )}
      <Section title={t("webhook.settings")} mark={<EndpointState endpoint={endpoint} />}>
        <Facts>
          <Fact name={t("webhook.description")}>{endpoint.description ? <bdi>{endpoint.description}</bdi> : "–"}</Fact>
          <Fact name={t("webhook.last")}>{endpoint.last_delivered_at ? <Time at={endpoint.last_delivered_at} /> : t("webhook.never")}</Fact>
          {endpoint.failing_since && (
            <Fact name={t("webhook.failingSince")}>
              <Time at={endpoint.failing_since} />
            </Fact>
          )}
          {endpoint.old_secret_until && (
            <Fact name={t("webhook.oldSecret")}>
              <Time at={endpoint.old_secret_until} full />
            </Fact>
          )}
          <Fact name={t("webhook.types")} className="sm:col-span-2">
            {endpoint.types.map((type) => t(`eventType.${type.replace(".", "_")}`)).join(" · ")}
          </Fact>
        </Facts>
      </Section>
      <Deliveries endpoint={endpoint} edit={edit} />
    </Page>
  );
}

function Actions({ endpoint }: { endpoint: WebhookEndpoint }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const test = useTestEndpoint(endpoint.id);
  const rotate = useRotateSecret();
  const remove = useDeleteEndpoint();
  const [asking, setAsking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const close = () => {
    setAsking(false);
    rotate.reset();
  };
  return (
    <>
      <Button busy={test.isPending} onClick={() => test.mutate(undefined, { onSuccess: ({ delivery }) => void navigate(`${LIST}/${endpoint.id}/deliveries/${delivery.id}`) })}>
        <PlugZap aria-hidden />
        {t("webhook.test")}
      </Button>
      <Button asChild>
        <Link to={`${LIST}/${endpoint.id}/edit`}>
          <Pencil aria-hidden />
          {t("common.edit")}
        </Link>
      </Button>
      <Button onClick={() => setAsking(true)}>
        <KeyRound aria-hidden />
        {t("webhook.rotate")}
      </Button>
      <DeleteButton title={t("webhook.deleteTitle")} text={t("webhook.deleteText")} remove={() => remove.mutateAsync(endpoint)} to={LIST} />
      <ConfirmDialog
        open={asking}
        title={t("webhook.rotateTitle")}
        description={t("webhook.rotateText")}
        confirm={t("webhook.rotate")}
        busy={rotate.isPending}
        error={rotate.error}
        onCancel={close}
        onConfirm={() =>
          rotate.mutate(endpoint, {
            onSuccess: (made) => {
              close();
              setSecret(made.secret);
            },
          })
        }
      />
      {secret !== null && <Secret secret={secret} onKept={() => setSecret(null)} />}
    </>
  );
}

function Deliveries({ endpoint, edit }: { endpoint: WebhookEndpoint; edit: boolean }) {
  const { t } = useTranslation();
  const list = useUrlFilter(DELIVERIES);
  const { query, rows } = useDeliveries(endpoint.id, list.filter);
  const [replaying, setReplaying] = useState(false);
  const columns = useMemo(() => {
    const to = (delivery: WebhookDelivery) => `${LIST}/${endpoint.id}/deliveries/${delivery.id}`;
    return [
      column.accessor("type", {
        header: t("sent.event"),
        cell: ({ row: { original: delivery } }) => (
          <RowTitle
            to={to(delivery)}
            phone={
              <>
                <DeliveryState state={delivery.state} />
                <LastAnswer delivery={delivery} />
                <Time at={delivery.created_at} />
              </>
            }
          >
            {t(`eventType.${delivery.type.replace(".", "_")}`)}
          </RowTitle>
        ),
      }),
      column.accessor("state", { header: t("sent.state"), meta: { className: "hidden sm:table-cell w-36", name: t("sent.state") }, cell: ({ getValue }) => <DeliveryState state={getValue()} /> }),
      column.display({ id: "answer", header: t("sent.answer"), meta: { className: "hidden md:table-cell w-64", name: t("sent.answer") }, cell: ({ row }) => <LastAnswer delivery={row.original} /> }),
      column.accessor("tries", { header: t("sent.tries"), meta: { className: "hidden lg:table-cell w-24", name: t("sent.tries") } }),
      column.accessor("created_at", { header: t("sent.at"), meta: { className: "hidden sm:table-cell w-40" }, cell: ({ getValue }) => <Time at={getValue()} /> }),
    ] as ColumnDef<WebhookDelivery, never>[];
  }, [t, endpoint.id]);
  const table = useDataTable({ name: "webhook-deliveries", rows, columns, rowId: (delivery) => delivery.id });
  return (
    <section className="grid gap-3" aria-labelledby="deliveries">
      <header className="flex flex-wrap items-center justify-between gap-2">
        <h2 id="deliveries" className="font-semibold">
          {t("sent.title")}
        </h2>
        {edit && endpoint.enabled && (
          <Button onClick={() => setReplaying(true)}>
            <RotateCcw aria-hidden />
            {t("sent.replayFailed")}
          </Button>
        )}
      </header>
      <FilterBar
        list={list}
        facets={[{ key: "state", label: t("sent.state"), any: t("sent.anyState"), options: WEBHOOK_STATES.map((value) => ({ value, label: t(`sentState.${value}`) })) }]}
        table={table}
      />
      <DataList
        table={table}
        query={query}
        label={t("sent.title")}
        filter={list}
        empty={{ icon: Send, title: t("sent.none"), text: t("sent.noneText") }}
        href={(delivery) => `${LIST}/${endpoint.id}/deliveries/${delivery.id}`}
      />
      {replaying && (
        <ReplayDialog
          id={endpoint.id}
          onClose={() => setReplaying(false)}
          onDone={(count) => {
            setReplaying(false);
            toast({ tone: "success", title: t("sent.replayed", { count }) });
          }}
        />
      )}
    </section>
  );
}
