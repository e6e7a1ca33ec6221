import { useTranslation } from "react-i18next";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { useDecideHeld } from "../data/mutations";

const DECISIONS = ["accept", "split", "spam"] as const;

/** A reply by somebody who has no part in the ticket: hidden from the customer until an agent decides. */
export function HeldBar({ ticketId, messageId }: { ticketId: string; messageId: string }) {
  const { t } = useTranslation();
  const decide = useDecideHeld(ticketId);
  return (
    <Alert
      tone="warning"
      title={t("held.title")}
      className="rounded-b-none"
      actions={DECISIONS.map((decision) => (
        <Button
          key={decision}
          size="sm"
          busy={decide.isPending && decide.variables.decision === decision}
          disabled={decide.isPending}
          onClick={() =>
            decide.mutate({ messageId, decision }, { onSuccess: () => toast({ tone: "success", title: t(`held.done.${decision}`) }) })
          }
        >
          {t(`held.${decision}`)}
        </Button>
      ))}
    >
      {t("held.text")}
    </Alert>
  );
}
