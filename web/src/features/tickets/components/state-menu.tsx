import { ChevronDown, MailX, RotateCcw } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Ticket, TicketState } from "@/api/types";
import { lazyDialog } from "@/components/lazy-dialog";
import { Button } from "@/components/ui/button";
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from "@/components/ui/menu";
import { reopening, transitions } from "../data/actions";
import { useTicketChanges } from "../data/use-ticket-changes";
import { StateItems, useStateChoice } from "./state-choice";

const SpamDialog = lazyDialog(async () => (await import("./spam-dialog")).SpamDialog);

interface StateMenuProps {
  ticket: Ticket;
  /** The change goes together with a reply: the composer takes over. */
  onReplyWith: (state: TicketState) => void;
}

/** What can become of a ticket, on its page: its states, and that it is spam. */
export function StateMenu({ ticket, onReplyWith }: StateMenuProps) {
  const { t } = useTranslation();
  const { choose, busy, dialog } = useStateChoice(ticket.id, ticket, onReplyWith);
  const changes = useTicketChanges(ticket.id);
  const [spam, setSpam] = useState(false);
  const reopen = reopening(ticket);
  const closes = transitions(ticket).some(({ to, allowed }) => to === "closed" && allowed);
  return (
    <>
      {reopen?.allowed && (
        <Button className="w-full" busy={busy} onClick={() => choose(reopen)}>
          <RotateCcw aria-hidden className="flip-rtl" />
          {t(ticket.spam ? "ticket.notSpam" : "ticket.reopen")}
        </Button>
      )}
      <Menu>
        <MenuTrigger asChild>
          <Button data-pagekey="s" className="w-full justify-between" busy={busy}>
            {t("ticket.changeState")}
            <ChevronDown aria-hidden />
          </Button>
        </MenuTrigger>
        <MenuContent align="end" className="min-w-64">
          <StateItems ticket={ticket} onChoose={choose} />
          {closes && (
            <>
              <MenuSeparator />
              <MenuItem onSelect={() => setSpam(true)}>
                <MailX aria-hidden />
                {t("ticket.markSpam")}
              </MenuItem>
            </>
          )}
        </MenuContent>
      </Menu>
      {dialog}
      {spam && <SpamDialog ticket={ticket} onClose={() => setSpam(false)} onConfirm={(answers) => changes.setState(ticket, "closed", answers)} />}
    </>
  );
}
