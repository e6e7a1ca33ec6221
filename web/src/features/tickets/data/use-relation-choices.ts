import { Link2, Merge, Split, type LucideIcon } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Ticket } from "@/api/types";
import { useMay } from "@/features/shell/use-user";
import { isOutside, may } from "./actions";

type Relation = "link" | "merge" | "split";

export interface RelationChoices {
  /** What this person may do with this ticket now. */
  choices: { what: Relation; name: string; icon: LucideIcon }[];
  /** What is being asked. */
  asked: Relation | null;
  ask: (what: Relation | null) => void;
}

/** What makes one of two tickets or two of one, for the panel and for the palette. */
export function useRelationChoices(ticket: Ticket): RelationChoices {
  const { t } = useTranslation();
  const [asked, ask] = useState<Relation | null>(null);
  const mayEdit = useMay("tickets.edit");
  const mayClose = useMay("tickets.close");
  const open = may(ticket, "edit");
  const all = [
    { what: "link" as const, name: t("relation.link"), icon: Link2, shown: mayEdit && !isOutside(ticket) },
    { what: "merge" as const, name: t("relation.merge"), icon: Merge, shown: open && mayClose },
    { what: "split" as const, name: t("relation.split"), icon: Split, shown: open && ticket.message_count > 1 },
  ];
  return { choices: all.filter(({ shown }) => shown), asked, ask };
}
