import { useTranslation } from "react-i18next";
import type { MailJourney } from "@/api/types";
import { Ltr } from "@/components/mono";
import { Badge } from "@/components/ui/badge";
import { Section } from "@/components/ui/section";
import { noteText } from "@/lib/note";
import { useFormat } from "@/lib/use-format";
import { signed } from "../data/spam";

/** Why a mail was taken for spam or not: each thing that was weighed, with its points. */
export function SpamSection({ spam }: { spam: NonNullable<MailJourney["spam"]> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const aside = spam.verdict === "quarantine";
  return (
    <Section
      title={t("mail.spam")}
      mark={
        <>
          <Badge tone={aside ? "danger" : "success"}>{t(`spamVerdict.${spam.verdict}`)}</Badge>
          <span className="text-sm text-muted-foreground">{t("mail.spamPoints", { points: format.number(spam.points), threshold: format.number(spam.threshold) })}</span>
        </>
      }
    >
      {spam.reasons.length === 0 ? (
        <p className="text-sm text-muted-foreground">{t("mail.noSpam")}</p>
      ) : (
        <ul className="grid gap-2 text-sm" aria-label={t("mail.spam")}>
          {spam.reasons.map((reason, index) => (
            <li key={index} className="flex gap-3">
              <span className="w-10 shrink-0 text-end">{reason.points != null && <Ltr className="tabular font-medium">{signed(reason.points, format.number)}</Ltr>}</span>
              <bdi className="min-w-0 break-words">{noteText(t, reason)}</bdi>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
