import { useTranslation } from "react-i18next";
import type { LoginLine, LoginOutcome } from "@/api/types";
import { Ltr } from "@/components/mono";
import { Badge } from "@/components/ui/badge";

const TONES = { success: "success", challenge: "info", failure: "warning", blocked: "danger" } as const;

export function OutcomeBadge({ outcome }: { outcome: LoginOutcome }) {
  const { t } = useTranslation();
  return <Badge tone={TONES[outcome]}>{t(`loginOutcome.${outcome}`)}</Badge>;
}

/** How it was tried and, when it failed, why. */
export function LoginMethod({ line: { method, reason } }: { line: Pick<LoginLine, "method" | "reason"> }) {
  const { t } = useTranslation();
  const how = t([`loginMethod.${method}`, "loginMethod.other"]);
  return reason ? `${how} · ${t([`loginReason.${reason}`, "loginReason.other"])}` : how;
}

export function LoginPlace({ ip }: { ip?: string | null }) {
  const { t } = useTranslation();
  return ip ? <Ltr>{ip}</Ltr> : t("ownSession.unknownPlace");
}
