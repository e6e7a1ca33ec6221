import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { MailJourney } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog } from "@/components/ui/dialog";
import { toast } from "@/components/ui/toast";
import { ToggleGroup, ToggleItem } from "@/components/ui/toggle-group";
import { TicketPicker } from "@/features/tickets/components/ticket-picker";
import { useMailDecision } from "../data/queries";

/** Lets a quarantined mail in: into a ticket of its own, or into the one that a person chooses. */
export function ReleaseDialog({ mail, onClose }: { mail: MailJourney; onClose: () => void }) {
  const { t } = useTranslation();
  const decide = useMailDecision(mail.id);
  const [into, setInto] = useState<"new" | "ticket">("new");
  const [allow, setAllow] = useState(false);
  const spam = mail.reason === "spam";
  const [ticket, setTicket] = useState<string | null>(mail.ticket?.id ?? null);

  function release() {
    decide.mutate(
      { action: "release", ticketId: into === "ticket" ? ticket : null, allowSender: allow },
      {
        onSuccess: () => {
          onClose();
          toast({ tone: "success", title: t("mail.done.release") });
        },
      },
    );
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t(spam ? "mail.notSpamTitle" : "mail.releaseTitle")}
      description={t("mail.releaseText")}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button variant="primary" busy={decide.isPending} disabled={into === "ticket" && ticket === null} onClick={release}>
            {t(spam ? "mail.notSpam" : "mail.release")}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <ToggleGroup
          type="single"
          value={into}
          onValueChange={(value) => value && setInto(value as "new" | "ticket")}
          aria-label={t("mail.releaseInto")}
          className="w-fit"
        >
          <ToggleItem value="new">{t("mail.intoNew")}</ToggleItem>
          <ToggleItem value="ticket">{t("mail.intoTicket")}</ToggleItem>
        </ToggleGroup>
        {into === "ticket" && (
          <TicketPicker label={t("ticketPicker.label")} value={ticket} onChange={setTicket} suggestion={mail.ticket ? String(mail.ticket.number) : (mail.from ?? "")} />
        )}
        {spam && mail.from && (
          <label className="flex min-h-8 items-center gap-2.5 text-sm">
            <Checkbox checked={allow} onCheckedChange={(on) => setAllow(on === true)} />
            {t("mail.allowSender", { address: mail.from })}
          </label>
        )}
      </div>
    </Dialog>
  );
}
