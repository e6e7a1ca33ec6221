import { BellRing, Check } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Ticket } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { may } from "../data/actions";
import { useAcknowledge, useEscalations } from "../data/escalations";

/** How far a ticket was escalated, who was told, and who has taken note. Not there for a ticket that never was. */
export function EscalationPanel({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const escalations = useEscalations(ticket.id);
  const acknowledge = useAcknowledge(ticket.id);
  if (!escalations.data && !escalations.isError) return null;
  if (escalations.data?.length === 0) return null;
  const open = escalations.data?.some((one) => one.acknowledged_at === null);
  return (
    <Card aria-label={t("escalation.panel")} className="grid gap-3 p-4 text-sm">
      <h2 className="font-semibold">{t("escalation.panel")}</h2>
      {escalations.data ? (
        <ul className="grid gap-3">
          {escalations.data.map((one) => (
            <li key={one.id} className="grid gap-1">
              <span className="flex flex-wrap items-center justify-between gap-2">
                <bdi className="font-medium">
                  {one.level !== null && one.clock !== null ? t("escalation.level", { n: one.level, clock: t(`slaClock.${one.clock}`) }) : t("escalation.rule", { name: one.rule })}
                </bdi>
                <Badge tone={one.acknowledged_at ? "success" : "danger"}>
                  {one.acknowledged_at ? <Check aria-hidden /> : <BellRing aria-hidden />}
                  {t(one.acknowledged_at ? "escalation.acknowledged" : "escalation.open")}
                </Badge>
              </span>
              <span className="text-xs text-muted-foreground">
                <Time at={one.at} full />
              </span>
              <bdi className="text-xs text-muted-foreground">{one.told.length > 0 ? t("escalation.told", { names: one.told.join(t("common.comma")) }) : t("escalation.nobody")}</bdi>
              {one.acknowledged_at && (
                <span className="text-xs text-muted-foreground">
                  <bdi>{t("escalation.by", { name: one.acknowledged_by ?? "" })}</bdi> <Time at={one.acknowledged_at} full />
                </span>
              )}
            </li>
          ))}
        </ul>
      ) : (
        <ErrorState error={escalations.error} onRetry={() => void escalations.refetch()} />
      )}
      {open && may(ticket, "edit") && (
        <Button size="sm" className="justify-self-start" busy={acknowledge.isPending} onClick={() => acknowledge.mutate()}>
          <Check aria-hidden />
          {t("escalation.acknowledge")}
        </Button>
      )}
    </Card>
  );
}
