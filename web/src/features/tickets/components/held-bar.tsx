import { useState } from "react";
import { useTranslation } from "react-i18next";
import { lazyDialog } from "@/components/lazy-dialog";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { useDecideHeld } from "../data/mutations";

const MoveHeldDialog = lazyDialog(async () => (await import("./move-held-dialog")).MoveHeldDialog);

const DECISIONS = ["accept", "split", "spam"] as const;

/** A reply by somebody who has no part in the ticket: hidden from the customer until an agent decides. */
export function HeldBar({ ticketId, messageId }: { ticketId: string; messageId: string }) {
  const { t } = useTranslation();
  const decide = useDecideHeld(ticketId);
  const [moving, setMoving] = useState(false);
  return (
    <Alert
      tone="warning"
      title={t("held.title")}
      className="rounded-b-none"
      actions={[
        ...DECISIONS.map((decision) => (
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
        )),
        <Button key="move" size="sm" disabled={decide.isPending} onClick={() => setMoving(true)}>
          {t("held.move")}
        </Button>,
      ]}
    >
      {t("held.text")}
      {moving && <MoveHeldDialog ticketId={ticketId} messageId={messageId} onClose={() => setMoving(false)} />}
    </Alert>
  );
}
