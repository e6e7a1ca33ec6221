import { useTranslation } from "react-i18next";
import type { ReactNode } from "react";
import type { MailJourney } from "@/api/types";
import { Ltr, Mono } from "@/components/mono";
import { Badge } from "@/components/ui/badge";
import { Card, CardTitle } from "@/components/ui/card";
import { useFormat } from "@/lib/use-format";
import { phrase, stateChange } from "@/lib/phrase";

/** The mail's way through the product: what it was taken for, where it went, what it caused; each with its reasons. */
export function MailSteps({ mail }: { mail: MailJourney }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  return (
    <div className="grid gap-4">
      <Part title={t("mail.class")} verdict={mail.class ? <Badge tone={mail.class === "human" ? "success" : "info"}>{t(`mailClass.${mail.class}`)}</Badge> : null}>
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
      </Part>
      {mail.threading && (
        <Part
          title={t("mail.threading")}
          verdict={<Badge tone="accent">{t([`mailDecision.${mail.threading.decision.decision}`, "mailDecision.other"])}</Badge>}
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
        </Part>
      )}
      <Part title={t("mail.effects")}>
        {mail.effects.length === 0 ? (
          <p className="text-sm text-muted-foreground">{t("mail.noEffects")}</p>
        ) : (
          <ol className="grid gap-2 text-sm">
            {mail.effects.map((effect, index) => (
              <li key={index} className="grid gap-x-4 sm:grid-cols-[11rem_minmax(0,1fr)]">
                <time dateTime={effect.at} className="text-muted-foreground">
                  <Ltr className="tabular">{format.clock(effect.at)}</Ltr>
                </time>
                <span>
                  {t([`mailEffect.${effect.kind}`, "mailEffect.other"])}
                  {effect.detail && (
                    <span className="ms-2 text-muted-foreground">
                      <bdi>{effect.kind === "state" ? stateChange(i18n, effect.detail) : phrase(i18n, effect.detail)}</bdi>
                    </span>
                  )}
                </span>
              </li>
            ))}
          </ol>
        )}
      </Part>
    </div>
  );
}

function Part({ title, verdict, children }: { title: string; verdict?: ReactNode; children: ReactNode }) {
  return (
    <Card>
      <header className="flex items-center gap-2 border-b px-4 py-2.5">
        <CardTitle>{title}</CardTitle>
        {verdict}
      </header>
      <div className="p-4">{children}</div>
    </Card>
  );
}
