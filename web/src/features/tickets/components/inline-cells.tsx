import { ChevronDown } from "lucide-react";
import { useState, type ComponentProps, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { PRIORITIES, type Agent, type Priority, type TicketSummary } from "@/api/types";
import { Clip } from "@/components/clip";
import { ErrorState } from "@/components/error-state";
import { PriorityLabel, TicketStateBadge } from "@/components/state-badges";
import { Menu, MenuContent, MenuRadioGroup, MenuRadioItem, MenuTrigger } from "@/components/ui/menu";
import { Spinner } from "@/components/ui/spinner";
import { useMay, useUser } from "@/features/shell/use-user";
import { cn } from "@/lib/cn";
import { named } from "@/lib/choices";
import { useAgents } from "@/lib/use-agents";
import { useTicket } from "../data/queries";
import { useTicketChanges } from "../data/use-ticket-changes";
import { StateItems, useStateChoice } from "./state-choice";

/** Only what may be changed looks as if it could be. */
function CellButton({ children, className, ...rest }: ComponentProps<"button">) {
  return (
    <button
      type="button"
      className={cn(
        "-mx-1.5 inline-flex min-h-6.5 max-w-[calc(100%+0.75rem)] items-center gap-1 rounded px-1.5 text-start hover:bg-foreground/7 data-[state=open]:bg-foreground/7",
        className,
      )}
      {...rest}
    >
      <span className="flex min-w-0 items-center">{children}</span>
      <ChevronDown aria-hidden className="size-3 shrink-0 text-muted-foreground opacity-0 group-hover/row:opacity-100 group-data-current/row:opacity-100" />
    </button>
  );
}

function useOpenTicket(ticket: TicketSummary, permission: string): boolean {
  return useMay(permission) && ticket.state !== "closed";
}

export function PriorityCell({ ticket }: { ticket: TicketSummary }) {
  const { t } = useTranslation();
  const may = useOpenTicket(ticket, "tickets.edit");
  const { setPriority } = useTicketChanges(ticket.id);
  const label = <PriorityLabel priority={ticket.priority} />;
  if (!may) return label;
  return (
    <Menu>
      <MenuTrigger asChild>
        <CellButton data-rowkey="p" aria-label={t("ticket.changePriorityOf", { number: ticket.number, value: t(`priority.${ticket.priority}`) })}>
          {label}
        </CellButton>
      </MenuTrigger>
      <MenuContent align="start">
        <MenuRadioGroup value={ticket.priority} onValueChange={(value) => setPriority(ticket, value as Priority)}>
          {PRIORITIES.map((priority) => (
            <MenuRadioItem key={priority} value={priority}>
              <PriorityLabel priority={priority} />
            </MenuRadioItem>
          ))}
        </MenuRadioGroup>
      </MenuContent>
    </Menu>
  );
}

const NOBODY = "none";

export function AssigneeCell({ ticket }: { ticket: TicketSummary }) {
  const { t } = useTranslation();
  const may = useOpenTicket(ticket, "tickets.assign");
  const user = useUser();
  const agents = useAgents(may);
  const { setAssignee } = useTicketChanges(ticket.id);
  const name = ticket.assignee?.name;
  const label = name ? <Clip>{name}</Clip> : <span className="block truncate text-muted-foreground">{t("ticket.unassigned")}</span>;
  if (!may) return label;
  // The person who works with the list comes first.
  const list: Agent[] | undefined = agents?.toSorted((a, b) => Number(b.id === user.id) - Number(a.id === user.id));
  return (
    <Menu>
      <MenuTrigger asChild>
        <CellButton data-rowkey="a" aria-label={t("ticket.changeAssigneeOf", { number: ticket.number, value: name ?? t("ticket.unassigned") })}>
          {label}
        </CellButton>
      </MenuTrigger>
      <MenuContent align="start">
        <MenuRadioGroup
          value={ticket.assignee?.id ?? NOBODY}
          onValueChange={(value) => setAssignee(ticket, list?.find((agent) => agent.id === value) ?? null)}
        >
          <MenuRadioItem value={NOBODY}>{t("ticket.unassigned")}</MenuRadioItem>
          {named(list)?.map(({ value, label: text }) => (
            <MenuRadioItem key={value} value={value}>
              <bdi>{text}</bdi>
              {value === user.id && <span className="text-xs text-muted-foreground">{t("ticket.me")}</span>}
            </MenuRadioItem>
          ))}
        </MenuRadioGroup>
      </MenuContent>
    </Menu>
  );
}

export function StateCell({ ticket }: { ticket: TicketSummary }) {
  const { t } = useTranslation();
  const may = useMay("tickets.edit");
  const [open, setOpen] = useState(false);
  const badge = <TicketStateBadge state={ticket.state} />;
  if (!may) return badge;
  return (
    <StateCellMenu ticket={ticket} open={open} onOpen={setOpen}>
      <CellButton data-rowkey="s" aria-label={t("ticket.changeStateOf", { number: ticket.number, value: t(`ticketState.${ticket.state}`) })}>
        {badge}
      </CellButton>
    </StateCellMenu>
  );
}

interface StateCellMenuProps {
  ticket: TicketSummary;
  open: boolean;
  onOpen: (open: boolean) => void;
  children: ReactNode;
}

/** What a ticket may become is asked from the server when somebody wants to know it: the row does not tell. */
function StateCellMenu({ ticket, open, onOpen, children }: StateCellMenuProps) {
  const navigate = useNavigate();
  // Kept once asked: the dialog that may follow the menu needs it too.
  const [asked, setAsked] = useState(false);
  const whole = useTicket(ticket.id, asked);
  const { choose, dialog } = useStateChoice(ticket.id, whole.data, (state) => void navigate(`/desk/tickets/${ticket.id}`, { state: { replyWith: state } }));
  return (
    <>
      <Menu
        open={open}
        onOpenChange={(next) => {
          onOpen(next);
          if (next) setAsked(true);
        }}
      >
        <MenuTrigger asChild>{children}</MenuTrigger>
        <MenuContent align="start" className="min-w-64">
          {whole.data ? (
            <StateItems ticket={whole.data} onChoose={choose} />
          ) : whole.isError ? (
            <ErrorState error={whole.error} onRetry={() => void whole.refetch()} />
          ) : (
            <Spinner className="mx-auto my-4" />
          )}
        </MenuContent>
      </Menu>
      {dialog}
    </>
  );
}
