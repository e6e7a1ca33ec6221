import { useTranslation } from "react-i18next";
import type { Mailbox } from "@/api/types";
import { Time } from "@/components/time";
import { Alert } from "@/components/ui/alert";

/** Tells that automatic mail waits because of far more mail than usual. */
export function PausedAlert({ mailbox }: { mailbox: Mailbox }) {
  const { t } = useTranslation();
  if (!mailbox.automation_paused_at) return null;
  return (
    <Alert tone="warning" title={t("mailbox.paused")}>
      {t("mailbox.pausedText", { n: mailbox.hourly_normal ?? 0 })} <Time at={mailbox.automation_paused_at} />
    </Alert>
  );
}
