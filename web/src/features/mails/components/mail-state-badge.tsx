import { useTranslation } from "react-i18next";
import type { MailState } from "@/api/types";
import { Badge, type Tone } from "@/components/ui/badge";

const MAIL: Record<MailState, Tone> = {
  received: "info",
  processed: "success",
  duplicate: "neutral",
  quarantined: "warning",
  bounce: "violet",
  dropped: "neutral",
  dead: "danger",
};

export function MailStateBadge({ state }: { state: MailState }) {
  const { t } = useTranslation();
  return <Badge tone={MAIL[state]}>{t(`mailState.${state}`)}</Badge>;
}
