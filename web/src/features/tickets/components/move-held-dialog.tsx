import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { toast } from "@/components/ui/toast";
import { useDecideHeld } from "../data/mutations";
import { TicketPicker } from "./ticket-picker";

/** Moves a held reply to the ticket it was meant for. */
export function MoveHeldDialog({ ticketId, messageId, onClose }: { ticketId: string; messageId: string; onClose: () => void }) {
  const { t } = useTranslation();
  const decide = useDecideHeld(ticketId);
  const [target, setTarget] = useState<string | null>(null);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("held.moveTitle")}
      description={t("held.moveText")}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            variant="primary"
            busy={decide.isPending}
            disabled={target === null}
            onClick={() =>
              target !== null &&
              decide.mutate(
                { messageId, decision: "move", target },
                {
                  onSuccess: () => {
                    onClose();
                    toast({ tone: "success", title: t("held.done.move") });
                  },
                },
              )
            }
          >
            {t("held.move")}
          </Button>
        </>
      }
    >
      <TicketPicker label={t("ticketPicker.label")} value={target} onChange={setTarget} without={ticketId} />
    </Dialog>
  );
}
