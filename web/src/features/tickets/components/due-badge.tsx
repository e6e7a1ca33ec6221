import { AlarmClock, Flame } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { TicketSummary } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { useFormat } from "@/lib/use-format";
import { useNow } from "@/lib/use-now";

/** Within this a ticket is called due soon; the server's filter says the same. */
const SOON = 4 * 3_600_000;

/** How long is left until the next promise is due, counting: in words, with an icon, and in colour. */
export function DueBadge({ ticket }: { ticket: Pick<TicketSummary, "due_at"> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const due = ticket.due_at;
  if (!due) return null;
  const left = new Date(due).getTime() - now;
  const late = left <= 0;
  const Icon = late ? Flame : AlarmClock;
  return (
    <Badge tone={late ? "danger" : left <= SOON ? "warning" : "neutral"} title={format.exact(due)}>
      <Icon aria-hidden />
      <time dateTime={due}>{t(late ? "slaPanel.late" : "slaPanel.left", { time: format.duration(Math.max(60_000, Math.abs(left))) })}</time>
    </Badge>
  );
}
