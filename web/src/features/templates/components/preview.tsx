import type { UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { components } from "@/api/schema";
import type { Locale } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { MailHtml } from "@/components/mail-html";
import { Alert } from "@/components/ui/alert";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { ToggleGroup, ToggleItem } from "@/components/ui/toggle-group";
import { LOCALE_NAMES } from "@/i18n";
import { useFormat } from "@/lib/use-format";
import { useSettled } from "@/lib/use-settled";
import { usePreview, type Place } from "../data";

interface PreviewProps {
  place: Place;
  words: { subject: string; body: string };
  mail: boolean;
  /** Its language is the one that is looked at. */
  shown: boolean;
}

/** What the words as they stand here would say, with examples. */
export function Preview({ place, words, mail, shown }: PreviewProps) {
  const settled = JSON.parse(useSettled(JSON.stringify(words))) as PreviewProps["words"];
  return <PreviewPanel preview={usePreview(place, settled, shown)} locale={place.locale} mail={mail} />;
}

/** What words would say, wherever they belong. */
export function PreviewPanel({ preview, locale, mail, around = "messageTemplate.around" }: { preview: UseQueryResult<components["schemas"]["MessagePreview"]>; locale: Locale; mail: boolean; /** What comes with a mail besides. */ around?: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [plain, setPlain] = useState(false);
  const { data } = preview;
  return (
    <Section title={t("messageTemplate.preview")}>
      {preview.isPending ? (
        <Skeleton className="h-48" />
      ) : !data ? (
        <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />
      ) : (
        <div aria-busy={preview.isPlaceholderData || undefined} className="grid grid-cols-[minmax(0,1fr)] gap-3">
          {data.flaws.length > 0 && (
            <Alert tone="danger" title={t("messageTemplate.flawed")}>
              <ul>
                {data.flaws.map(({ part, line, code, name, most }) => (
                  <li key={`${part} ${line} ${code} ${name}`}>
                    {t(`messageTemplate.${part}`)} · {t([`field.${code}`, "field.invalid"], { line, name, most })}
                  </li>
                ))}
              </ul>
            </Alert>
          )}
          {mail && (
            <ToggleGroup type="single" value={plain ? "plain" : "html"} onValueChange={(value) => value && setPlain(value === "plain")} aria-label={t("messageTemplate.form")} className="w-fit">
              <ToggleItem value="html">HTML</ToggleItem>
              <ToggleItem value="plain">{t("messageTemplate.plain")}</ToggleItem>
            </ToggleGroup>
          )}
          {mail && data.subject !== null && (
            <p dir="auto" lang={locale} className="font-medium break-words">
              {data.subject}
            </p>
          )}
          {mail && !plain && data.html !== null && <MailHtml html={data.html} title={t("messageTemplate.previewOf", { language: LOCALE_NAMES[locale] })} />}
          {(!mail || plain) && data.text !== null && (
            <p dir="auto" lang={locale} className="rounded-md border bg-sunken/40 p-3 text-sm break-words whitespace-pre-wrap">
              {data.text}
            </p>
          )}
          {data.sms && (
            <p className="text-sm text-muted-foreground">
              {t("messageTemplate.segments", { count: data.sms.segments, n: format.number(data.sms.segments) })}
              {" · "}
              {t(`smsEncoding.${data.sms.encoding}`, { count: data.sms.units, units: format.number(data.sms.units), room: format.number(data.sms.segments > 1 ? data.sms.each : data.sms.alone) })}
            </p>
          )}
          {mail && <p className="text-xs text-muted-foreground">{t(around)}</p>}
        </div>
      )}
    </Section>
  );
}
