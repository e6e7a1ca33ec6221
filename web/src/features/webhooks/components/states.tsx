import { useTranslation } from "react-i18next";
import type { WebhookDelivery, WebhookEndpoint } from "@/api/types";
import { Badge } from "@/components/ui/badge";

const TONES = { queued: "info", delivered: "success", failed: "danger" } as const;

/** In use or not, and whether it answers. */
export function EndpointState({ endpoint }: { endpoint: WebhookEndpoint }) {
  const { t } = useTranslation();
  if (!endpoint.enabled) return <Badge tone={endpoint.disabled_reason ? "danger" : "neutral"}>{t(endpoint.disabled_reason ? "webhook.switchedOff" : "webhook.off")}</Badge>;
  return <Badge tone={endpoint.failing_since ? "warning" : "success"}>{t(endpoint.failing_since ? "webhook.failing" : "webhook.on")}</Badge>;
}

export function DeliveryState({ state }: { state: WebhookDelivery["state"] }) {
  const { t } = useTranslation();
  return <Badge tone={TONES[state]}>{t(`sentState.${state}`)}</Badge>;
}

/** What came back last, or why nothing did. */
export function LastAnswer({ delivery }: { delivery: Pick<WebhookDelivery, "last_status" | "last_error"> }) {
  const { t } = useTranslation();
  if (delivery.last_error) return <span>{t(`sentError.${delivery.last_error}`)}</span>;
  return delivery.last_status ? <bdi>{delivery.last_status}</bdi> : null;
}
