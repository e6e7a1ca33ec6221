import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Ticket, TicketState } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";
import { toast } from "@/components/ui/toast";
import { transitions, type Transition } from "../data/actions";
import { useChangeState } from "../data/mutations";
import { TransitionDialog } from "./transition-dialog";

interface StateMenuProps {
  ticket: Ticket;
  /** The change goes together with a reply: the composer takes over. */
  onReplyWith: (state: TicketState) => void;
}

/** Every change of state the server knows of; what is refused now stays visible with its reason. */
export function StateMenu({ ticket, onReplyWith }: StateMenuProps) {
  const { t } = useTranslation();
  const change = useChangeState(ticket.id);
  const [asked, setAsked] = useState<Transition | null>(null);

  function choose(transition: Transition) {
    if (transition.requires.includes("reply")) onReplyWith(transition.to);
    else if (transition.requires.length > 0) setAsked(transition);
    else run({ to: transition.to });
  }
  function run(body: Omit<Parameters<typeof change.mutate>[0], "version">) {
    change.mutate(
      { ...body, version: ticket.version },
      {
        onSuccess: (next) => {
          setAsked(null);
          toast({ tone: "success", title: t("ticket.stateNow", { state: t(`ticketState.${next.state}`) }) });
        },
      },
    );
  }

  return (
    <>
      <Menu>
        <MenuTrigger asChild>
          <Button className="w-full justify-between" busy={change.isPending}>
            {t("ticket.changeState")}
            <ChevronDown aria-hidden />
          </Button>
        </MenuTrigger>
        <MenuContent align="end" className="min-w-64">
          {transitions(ticket).map((transition) => (
            <MenuItem key={transition.to} disabled={!transition.allowed} onSelect={() => choose(transition)} data-to={transition.to}>
              <span className="grid min-w-0">
                <span>{t(`ticketState.${transition.to}`)}</span>
                <span className="text-xs text-muted-foreground">{hint(transition)}</span>
              </span>
            </MenuItem>
          ))}
        </MenuContent>
      </Menu>
      {asked && (
        <TransitionDialog transition={asked} busy={change.isPending} onCancel={() => setAsked(null)} onConfirm={(answers) => run({ to: asked.to, ...answers })} />
      )}
    </>
  );

  function hint({ allowed, why_not, requires }: Transition): string | null {
    if (!allowed) return t([`whyNot.${why_not}`, "whyNot.other"]);
    const needed = requires[0];
    return needed ? t([`requires.${needed}`, "requires.other"]) : null;
  }
}
