import { useTranslation } from "react-i18next";
import type { MailJourney } from "@/api/types";
import { Mono } from "@/components/mono";
import { Badge } from "@/components/ui/badge";
import { Section } from "@/components/ui/section";
import { Timeline, TimelineEntry } from "@/components/ui/timeline";
import { phrase, stateChange } from "@/lib/phrase";

/** The mail's way through the product: what it was taken for, where it went, what it caused; each with its reasons. */
export function MailSteps({ mail }: { mail: MailJourney }) {
  const { t, i18n } = useTranslation();
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
                <span className="text-muted-foreground">{phrase(i18n, evidence.meaning)}</span>
              </li>
            ))}
          </ul>
        )}
      </Section>
      {mail.threading && (
        <Section
          title={t("mail.threading")}
          mark={<Badge tone="accent">{t([`mailDecision.${mail.threading.decision.decision}`, "mailDecision.other"])}</Badge>}
        >
          <ol className="grid gap-3 text-sm">
            {mail.threading.reasons.map((reason, index) => (
              <li key={index} className="grid gap-x-4 gap-y-0.5 border-s-2 ps-3 sm:grid-cols-[11rem_minmax(0,1fr)]">
                <span className="font-medium">{t([`mailStep.${reason.step}`, "mailStep.other"])}</span>
                <span className="min-w-0">
                  <bdi className="block break-words text-muted-foreground">{phrase(i18n, reason.evidence)}</bdi>
                  <bdi className="block break-words">{phrase(i18n, reason.outcome)}</bdi>
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
              <TimelineEntry key={index} at={effect.at} title={t([`mailEffect.${effect.kind}`, "mailEffect.other"])}>
                {effect.detail && <bdi>{effect.kind === "state" ? stateChange(i18n, effect.detail) : phrase(i18n, effect.detail)}</bdi>}
              </TimelineEntry>
            ))}
          </Timeline>
        )}
      </Section>
    </div>
  );
}
