import { Eye } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CannedTexts } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Alert } from "@/components/ui/alert";
import { Section } from "@/components/ui/section";
import { ToggleGroup, ToggleItem } from "@/components/ui/toggle-group";
import { TicketPicker } from "@/features/tickets/components/ticket-picker";
import { useMay } from "@/features/shell/use-user";
import { LOCALE_NAMES } from "@/i18n";
import { useSettled } from "@/lib/use-settled";
import { usePreview } from "../data/queries";

/** What the texts as they stand here would say, with examples or on a ticket. */
export function Preview({ texts }: { texts: CannedTexts }) {
  const { t } = useTranslation();
  const tickets = useMay("tickets.view");
  const [real, setReal] = useState(false);
  const [ticket, setTicket] = useState<string | null>(null);
  // On a ticket there is nothing to see until one is picked; examples would pass for it.
  const unpicked = real && ticket === null;
  const settled = JSON.parse(useSettled(JSON.stringify(texts))) as CannedTexts;
  const preview = usePreview(settled, real ? ticket : null, !unpicked);
  const nothing = !Object.values(settled).some((text) => text?.trim());
  return (
    <Section title={t("canned.preview")}>
      <div className="grid gap-3">
        {tickets && (
          <ToggleGroup type="single" value={real ? "ticket" : "sample"} onValueChange={(value) => value && setReal(value === "ticket")} aria-label={t("canned.previewWith")} className="w-fit">
            <ToggleItem value="sample">{t("canned.withSamples")}</ToggleItem>
            <ToggleItem value="ticket">{t("canned.withTicket")}</ToggleItem>
          </ToggleGroup>
        )}
        {real && <TicketPicker label={t("canned.pickTicket")} value={ticket} onChange={setTicket} closed />}
        {nothing && (
          <p className="flex items-center gap-2 text-sm text-muted-foreground">
            <Eye aria-hidden className="size-4" />
            {t("canned.nothingYet")}
          </p>
        )}
        {preview.isError && !unpicked && <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />}
        {!nothing &&
          !unpicked &&
          preview.data?.map(({ locale, text, flaws }) => (
            <article key={locale} aria-label={t("canned.previewOf", { language: LOCALE_NAMES[locale] })} className="grid gap-1.5">
              <h3 className="text-sm font-medium">{LOCALE_NAMES[locale]}</h3>
              {text === null ? (
                <Alert tone="danger" title={t("canned.flawed")}>
                  <ul>
                    {flaws.map(({ line, code, name }) => (
                      <li key={`${line} ${code} ${name}`}>{t([`field.${code}`, "field.invalid"], { line, name })}</li>
                    ))}
                  </ul>
                </Alert>
              ) : (
                <p dir="auto" lang={locale} className="rounded-md border bg-sunken/40 p-3 text-sm break-words whitespace-pre-wrap">
                  {text}
                </p>
              )}
            </article>
          ))}
      </div>
    </Section>
  );
}
