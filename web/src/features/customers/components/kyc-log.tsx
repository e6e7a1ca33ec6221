import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorState } from "@/components/error-state";
import { ListSkeleton } from "@/components/list-skeleton";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Section } from "@/components/ui/section";
import { Timeline, TimelineEntry } from "@/components/ui/timeline";
import { useKycViews } from "../data/kyc";
import type { KycCase } from "../data/queries";

const TONES = { approved: "success", rejected: "danger", revoked: "danger", more_info: "warning", expired: "warning" } as const;

/** What became of a case, and who looked at its papers. */
export function KycLog({ id, kyc }: { id: string; kyc: KycCase }) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState(false);
  return (
    <Section title={t("identity.log")}>
      <div className="grid gap-3 text-sm">
        {kyc.events.length === 0 ? (
          <p className="text-muted-foreground">{t("identity.nothingYet")}</p>
        ) : (
          <Timeline label={t("identity.log")}>
            {kyc.events.map((event) => (
              <TimelineEntry key={event.id} at={event.at} tone={TONES[event.to as keyof typeof TONES]} title={event.renewal ? t("identity.renewalStep", { step: t(`identityState.${event.to}`) }) : t(`identityState.${event.to}`)}>
                <bdi>{event.by}</bdi>
              </TimelineEntry>
            ))}
          </Timeline>
        )}
        {wanted ? (
          <Views id={id} />
        ) : (
          <Button size="sm" className="justify-self-start" onClick={() => setWanted(true)}>
            {t("identity.showViews")}
          </Button>
        )}
      </div>
    </Section>
  );
}

function Views({ id }: { id: string }) {
  const { t } = useTranslation();
  const { data, isPending, error, refetch } = useKycViews(id, true);
  if (isPending) return <ListSkeleton rows={2} />;
  if (!data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data.length === 0) return <p className="text-muted-foreground">{t("identity.nobodyLooked")}</p>;
  return (
    <ol aria-label={t("identity.showViews")} className="grid gap-1.5 border-t pt-3 text-muted-foreground">
      {data.map((view) => (
        <li key={view.id} className="flex flex-wrap justify-between gap-x-3">
          <span>
            <bdi className="text-foreground">{view.viewer}</bdi> · {t(`paper.${view.document_kind}`)}
          </span>
          <Time at={view.at} className="text-xs" />
        </li>
      ))}
    </ol>
  );
}
