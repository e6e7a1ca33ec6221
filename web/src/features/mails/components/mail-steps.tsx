import { useTranslation } from "react-i18next";
import type { MailJourney } from "@/api/types";
import { Mono } from "@/components/mono";
import { Badge } from "@/components/ui/badge";
import { Section } from "@/components/ui/section";
import { Timeline, TimelineEntry } from "@/components/ui/timeline";
import { noteText } from "@/lib/note";
import { SpamSection } from "./spam-section";

/** The mail's way through the product: what it was taken for, where it went, what it caused; each with its reasons. */
export function MailSteps({ mail }: { mail: MailJourney }) {
  const { t } = useTranslation();
  return (
    <div className="grid gap-4">
      <Section title={t("mail.class")} mark={mail.class ? <Badge tone={mail.class === "human" ? "success" : "info"}>{t(`mailClass.${mail.class}`)}</Badge> : null}>
        {mail.evidence.length === 0 ? (
          <p className="text-sm text-muted-foreground">{t("mail.noEvidence")}</p>
        ) : (
          <ul className="grid gap-2 text-sm">
            {mail.evidence.map((evidence, index) => (
              <li key={index} className="grid gap-x-4 sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
                <Mono>
                  {evidence.header}: {evidence.value}
                </Mono>
                <span className="text-muted-foreground">{t(`mailNote.${evidence.meaning}`)}</span>
              </li>
            ))}
          </ul>
        )}
      </Section>
      {mail.spam && <SpamSection spam={mail.spam} />}
      {mail.threading && (
        <Section
          title={t("mail.threading")}
          mark={<Badge tone="accent">{t(`mailDecision.${mail.threading.decision.decision}`)}</Badge>}
        >
          <ol className="grid gap-3 text-sm">
            {mail.threading.reasons.map((reason, index) => (
              <li key={index} className="grid gap-x-4 gap-y-0.5 border-s-2 ps-3 sm:grid-cols-[11rem_minmax(0,1fr)]">
                <span className="font-medium">{t(`mailStep.${reason.step}`)}</span>
                <span className="min-w-0">
                  <bdi className="block break-words text-muted-foreground">{noteText(t, reason.evidence)}</bdi>
                  <bdi className="block break-words">{noteText(t, reason.outcome)}</bdi>
                </span>
              </li>
            ))}
          </ol>
        </Section>
      )}
      <Section title={t("mail.effects")}>
        {mail.effects.length === 0 ? (
          <p className="text-sm text-muted-foreground">{t("mail.noEffects")}</p>
        ) : (
          <Timeline label={t("mail.effects")}>
            {mail.effects.map((effect, index) => (
              <TimelineEntry key={index} at={effect.at} title={<bdi>{noteText(t, effect)}</bdi>}>
                {effect.params?.header && (
                  <Mono>
                    {effect.params.header}: {effect.params.value}
                  </Mono>
                )}
              </TimelineEntry>
            ))}
          </Timeline>
        )}
      </Section>
    </div>
  );
}
