import { useTranslation } from "react-i18next";
import type { Mailbox } from "@/api/types";
import { Time } from "@/components/time";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { useMay } from "@/features/shell/use-user";
import { useResumeMailbox } from "../data/queries";

/** Tells that automatic mail waits because of far more mail than usual, and lets it go on. */
export function PausedAlert({ mailbox }: { mailbox: Mailbox }) {
  const { t } = useTranslation();
  const edit = useMay("mailboxes.edit");
  const resume = useResumeMailbox(mailbox.id, () => toast({ tone: "success", title: t("mailbox.resumed") }));
  if (!mailbox.automation_paused_at) return null;
  return (
    <Alert
      tone="warning"
      title={t("mailbox.paused")}
      actions={
        edit && (
          <Button size="sm" busy={resume.isPending} onClick={() => resume.mutate()}>
            {t("mailbox.resume")}
          </Button>
        )
      }
    >
      <p>
        {t("mailbox.pausedText", { n: mailbox.hourly_normal ?? 0 })} <Time at={mailbox.automation_paused_at} />
      </p>
      {edit && <p className="mt-1">{t("mailbox.resumeText")}</p>}
    </Alert>
  );
}
