import { ArrowDown, ArrowUp, ChevronsUp, Minus } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Priority, TicketState } from "@/api/types";
import { Badge, type Tone } from "./ui/badge";

const TICKET: Record<TicketState, Tone> = {
  open: "warning",
  in_progress: "info",
  answered: "success",
  waiting_for_response: "violet",
  on_hold: "neutral",
  resolved: "accent",
  closed: "neutral",
};

export function TicketStateBadge({ state }: { state: TicketState }) {
  const { t } = useTranslation();
  return (
    <Badge tone={TICKET[state]}>
      <span aria-hidden className="size-1.5 rounded-full bg-current" />
      {t(`ticketState.${state}`)}
    </Badge>
  );
}

const PRIORITY = {
  urgent: { Icon: ChevronsUp, style: "text-danger" },
  high: { Icon: ArrowUp, style: "text-warning" },
  medium: { Icon: Minus, style: "text-muted-foreground" },
  low: { Icon: ArrowDown, style: "text-muted-foreground" },
};

export function PriorityLabel({ priority }: { priority: Priority }) {
  const { t } = useTranslation();
  const { Icon, style } = PRIORITY[priority];
  return (
    <span className="inline-flex items-center gap-1 text-sm whitespace-nowrap">
      <Icon aria-hidden className={`size-3.5 ${style}`} strokeWidth={2.5} />
      {t(`priority.${priority}`)}
    </span>
  );
}
