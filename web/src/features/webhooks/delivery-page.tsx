import { RotateCcw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import type { WebhookDeliveryDetail } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Mono } from "@/components/mono";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Fact, Facts } from "@/components/ui/facts";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { useMay } from "@/features/shell/use-user";
import { useFormat } from "@/lib/use-format";
import { DeliveryState, LastAnswer } from "./components/states";
import { useDelivery, useReplay } from "./data/queries";

/** One delivery: what is sent, and what came back each time. */
export function DeliveryPage() {
  const { id = "", delivery: deliveryId = "" } = useParams();
  const delivery = useDelivery(deliveryId);
  if (delivery.isPending) return <Skeleton className="m-6 h-96" />;
  if (!delivery.data) return <ErrorState page list={`/admin/webhooks/${id}`} error={delivery.error} onRetry={() => void delivery.refetch()} />;
  return <Loaded detail={delivery.data} endpoint={id} />;
}

function Loaded({ detail: { delivery, body, attempts }, endpoint }: { detail: WebhookDeliveryDetail; endpoint: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const edit = useMay("webhooks.edit");
  const replay = useReplay(delivery.id);
  return (
    <Page
      title={t(`eventType.${delivery.type.replace(".", "_")}`)}
      back={{ to: `/admin/webhooks/${endpoint}`, label: t("webhook.backToOne") }}
      actions={
        <>
          <DeliveryState state={delivery.state} />
          {edit && delivery.state !== "queued" && (
            <Button busy={replay.isPending} onClick={() => replay.mutate(undefined, { onSuccess: () => toast({ tone: "success", title: t("sent.queuedAgain") }) })}>
              <RotateCcw aria-hidden />
              {t("sent.sendAgain")}
            </Button>
          )}
        </>
      }
    >
      <Section title={t("sent.overview")}>
        <Facts>
          <Fact name="webhook-id">
            <Mono className="break-all">{`msg_${delivery.id.replaceAll("-", "")}`}</Mono>
          </Fact>
          <Fact name={t("sent.at")}>
            <Time at={delivery.created_at} full />
          </Fact>
          <Fact name={t("sent.answer")}>
            <LastAnswer delivery={delivery} />
          </Fact>
          {delivery.next_try_at && (
            <Fact name={t("sent.next")}>
              <Time at={delivery.next_try_at} full />
            </Fact>
          )}
        </Facts>
      </Section>
      <Section title={t("sent.attempts")}>
        {attempts.length === 0 ? (
          <p className="text-sm text-muted-foreground">{t("sent.notYet")}</p>
        ) : (
          <ol className="grid gap-4">
            {attempts.map((attempt) => (
              <li key={attempt.number} className="grid gap-1 text-sm">
                <p className="flex flex-wrap gap-x-3 gap-y-1">
                  <strong>{t("sent.attempt", { n: format.number(attempt.number) })}</strong>
                  <Time at={attempt.at} full className="text-muted-foreground" />
                  <span>{attempt.status ? t("sent.answered", { status: attempt.status }) : attempt.error && t(`sentError.${attempt.error}`)}</span>
                  <span className="text-muted-foreground">{t("sent.took", { ms: format.number(attempt.duration_ms) })}</span>
                </p>
                {attempt.detail && <Mono className="break-words text-xs text-muted-foreground">{attempt.detail}</Mono>}
                {attempt.excerpt && (
                  <pre dir="ltr" tabIndex={0} aria-label={t("sent.excerpt", { n: format.number(attempt.number) })} className="max-h-40 overflow-auto rounded-md border bg-sunken p-2 text-xs whitespace-pre-wrap">
                    {attempt.excerpt}
                  </pre>
                )}
              </li>
            ))}
          </ol>
        )}
      </Section>
      <Section title={t("sent.body")}>
        <pre dir="ltr" tabIndex={0} aria-label={t("sent.body")} className="max-h-96 overflow-auto rounded-md border bg-sunken p-3 text-xs">
          {pretty(body)}
        </pre>
      </Section>
    </Page>
  );
}

/** The bytes are JSON of our own making; they are only laid out. */
function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
