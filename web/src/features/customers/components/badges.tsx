import { useTranslation } from "react-i18next";
import { Badge, type Tone } from "@/components/ui/badge";

const STATUS: Record<string, Tone> = { pending: "warning", active: "success", suspended: "danger", inactive: "neutral" };

export function CustomerStatusBadge({ status }: { status: string }) {
  const { t } = useTranslation();
  return <Badge tone={STATUS[status] ?? "neutral"}>{t(`customerStatus.${status}`)}</Badge>;
}

const IDENTITY: Record<string, Tone> = {
  submitted: "warning",
  in_review: "info",
  approved: "success",
  rejected: "danger",
  more_info: "violet",
  expired: "warning",
  revoked: "danger",
  superseded: "neutral",
};

export function IdentityBadge({ state }: { state: string }) {
  const { t } = useTranslation();
  return <Badge tone={IDENTITY[state] ?? "neutral"}>{t(`identityState.${state}`)}</Badge>;
}
