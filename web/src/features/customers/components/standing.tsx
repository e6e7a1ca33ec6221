import { ArrowRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { ErrorState } from "@/components/error-state";
import { ListSkeleton } from "@/components/list-skeleton";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Fact, Facts } from "@/components/ui/facts";
import { Section } from "@/components/ui/section";
import { Timeline, TimelineEntry } from "@/components/ui/timeline";
import { useMay } from "@/features/shell/use-user";
import { useFormat } from "@/lib/use-format";
import { useFigures, useStatusHistory } from "../data/queries";

/** Moves shown; older ones are in the customer's timeline. */
const SHOWN = 5;

/** What there is of a customer, counted. */
export function Figures({ id }: { id: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data, isPending, error, refetch } = useFigures(id);
  const tickets = useMay("tickets.view") && (
    <Button asChild variant="ghost" size="sm">
      <Link to={`/desk/tickets?customer=${id}`}>{t("customer.showTickets")}</Link>
    </Button>
  );
  return (
    <Section title={t("customer.figures")} actions={tickets}>
      {data ? (
        <Facts className="grid-cols-2 sm:grid-cols-3 lg:grid-cols-3">
          <Fact name={t("customer.openTickets")}>{format.number(data.open_tickets)}</Fact>
          <Fact name={t("customer.tickets")}>{format.number(data.tickets)}</Fact>
          <Fact name={t("customer.members")}>{format.number(data.members)}</Fact>
          <Fact name={t("customer.documents")}>{format.number(data.documents)}</Fact>
          {data.last_message_at && (
            <Fact name={t("customer.lastMessage")}>
              <Time at={data.last_message_at} />
            </Fact>
          )}
        </Facts>
      ) : isPending ? (
        <ListSkeleton rows={2} />
      ) : (
        <ErrorState error={error} onRetry={() => void refetch()} />
      )}
    </Section>
  );
}

const TONES = { active: "success", suspended: "danger", pending: "warning", inactive: "neutral" } as const;

/** How a customer came to stand where he stands. */
export function StatusHistory({ id }: { id: string }) {
  const { t } = useTranslation();
  const { data, isPending, error, refetch } = useStatusHistory(id);
  return (
    <Section title={t("customer.statusHistory")}>
      {data ? (
        data.length === 0 ? (
          <p className="text-sm text-muted-foreground">{t("customer.neverMoved")}</p>
        ) : (
          <Timeline label={t("customer.statusHistory")}>
            {data.slice(0, SHOWN).map((move) => (
              <TimelineEntry
                key={move.id}
                at={move.at}
                tone={TONES[move.to as keyof typeof TONES]}
                title={
                  <span className="inline-flex flex-wrap items-center gap-1">
                    {t(`customerStatus.${move.from}`)}
                    <ArrowRight aria-hidden className="flip-rtl size-3.5 text-muted-foreground" />
                    {t(`customerStatus.${move.to}`)}
                  </span>
                }
              >
                <bdi>{move.by}</bdi>
                {move.reason && (
                  <p>
                    <bdi>{move.reason}</bdi>
                  </p>
                )}
              </TimelineEntry>
            ))}
          </Timeline>
        )
      ) : isPending ? (
        <ListSkeleton rows={2} />
      ) : (
        <ErrorState error={error} onRetry={() => void refetch()} />
      )}
    </Section>
  );
}
