import { ChevronDown, ChevronUp, CircleCheck, CircleDot, Flag, Pencil, RotateCcw, Tags, UserRoundPen } from "lucide-react";
import { useState, type ReactNode, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { Ticket, TicketState } from "@/api/types";
import { lazyDialog } from "@/components/lazy-dialog";
import { toast } from "@/components/ui/toast";
import { openControl } from "@/lib/open-control";
import type { PageAction } from "@/stores/page-actions";
import { may, reopening, resolving, type Transition } from "../data/actions";
import { useNeighbours, type Neighbours } from "../data/walk";
import { useStateChoice } from "./state-choice";

const SubjectDialog = lazyDialog(async () => (await import("./subject-dialog")).SubjectDialog);

/** The panel's controls that a key opens, by the key (`data-pagekey`). */
type ControlKey = "a" | "s" | "p" | "t";

interface TicketKeys {
  actions: PageAction[];
  neighbours: Neighbours | null;
  /** Asks for another subject, where that is allowed. */
  rename?: () => void;
  dialogs: ReactNode;
}

/** What staff do with a ticket by one key each, besides writing: its controls stand in `panel`. Beside its list it is the list that walks. */
export function useTicketKeys(ticket: Ticket, panel: RefObject<HTMLElement | null>, onReplyWith: (state: TicketState) => void, walks: boolean): TicketKeys {
  const { t } = useTranslation();
  const known = useNeighbours(ticket.id);
  const neighbours = walks ? known : null;
  const { choose, dialog } = useStateChoice(ticket.id, ticket, onReplyWith);
  const [renaming, setRenaming] = useState(false);
  const edits = may(ticket, "edit");
  const rename = edits ? () => setRenaming(true) : undefined;

  const open = (key: ControlKey) => () => openControl(panel.current?.querySelector(`[data-pagekey=${key}]`));
  // What is refused now says why, as it does in the menu.
  const move = (step: Transition) => () => {
    if (step.allowed) choose(step);
    else toast({ tone: "error", title: t([`whyNot.${step.why_not}`, "whyNot.other"]) });
  };
  const [resolve, reopen] = [resolving(ticket), reopening(ticket)];
  const offered: (PageAction | undefined | false | null)[] = [
    neighbours?.toNext && { name: t("walk.next"), icon: ChevronDown, keys: "j", run: neighbours.toNext },
    neighbours?.toPrevious && { name: t("walk.previous"), icon: ChevronUp, keys: "k", run: neighbours.toPrevious },
    may(ticket, "assign") && { name: t("ticket.changeAssignee"), icon: UserRoundPen, keys: "a", run: open("a") },
    { name: t("ticket.changeState"), icon: CircleDot, keys: "s", run: open("s") },
    resolve && { name: t("ticket.resolve"), icon: CircleCheck, keys: "e", run: move(resolve) },
    reopen?.allowed && { name: t("ticket.reopen"), icon: RotateCcw, keys: "o", run: move(reopen) },
    edits && { name: t("ticket.changePriority"), icon: Flag, keys: "p", run: open("p") },
    edits && { name: t("ticket.editTags"), icon: Tags, keys: "t", run: open("t") },
    rename && { name: t("ticket.editSubject"), icon: Pencil, run: rename },
  ];
  return {
    actions: offered.filter((one) => !!one),
    neighbours,
    rename,
    dialogs: (
      <>
        {dialog}
        {renaming && <SubjectDialog ticket={ticket} onClose={() => setRenaming(false)} />}
      </>
    ),
  };
}
