import { useTranslation } from "react-i18next";
import type { ArticleState, Locale } from "@/api/types";
import { Badge, type Tone } from "@/components/ui/badge";
import { LOCALE_NAMES, LOCALES } from "@/i18n";

const TONES: Record<ArticleState, Tone> = { draft: "warning", published: "success", archived: "neutral" };

export function StateBadge({ state }: { state: ArticleState }) {
  const { t } = useTranslation();
  return <Badge tone={TONES[state]}>{t(`articleState.${state}`)}</Badge>;
}

/** The languages of the product: those an article is there in, and those that are missing. */
export function Languages({ locales }: { locales: readonly Locale[] }) {
  const { t } = useTranslation();
  return (
    <span className="inline-flex flex-wrap gap-1">
      {LOCALES.map((locale) => {
        const there = locales.includes(locale);
        return (
          <Badge key={locale} tone={there ? "info" : "neutral"} title={LOCALE_NAMES[locale]} className={there ? undefined : "border border-dashed border-input"}>
            {locale.toUpperCase()}
            {!there && <span>{t("knowledge.missingMark")}</span>}
          </Badge>
        );
      })}
    </span>
  );
}
