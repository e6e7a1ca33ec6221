import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { HelpEntry } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { LOCALE_NAMES } from "@/i18n";

/** Articles with what they are about. What is not in the reader's language, or not for everybody, says so. */
export function EntryList({ entries, label }: { entries: HelpEntry[]; label: string }) {
  const { t, i18n } = useTranslation();
  return (
    <ul aria-label={label} className="divide-y rounded-lg border bg-surface">
      {entries.map(({ slug, title, summary, locale, visibility, section }) => (
        <li key={slug} className="grid gap-0.5 px-4 py-3">
          <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <Link to={`/help/articles/${slug}`} lang={locale} className="inline-flex min-h-7 items-center font-medium text-primary hover:underline max-sm:min-h-11">
              <bdi>{title}</bdi>
            </Link>
            {locale !== i18n.language && <Badge tone="info">{LOCALE_NAMES[locale]}</Badge>}
            {visibility !== "public" && <Badge>{t(`articleVisibility.${visibility}`)}</Badge>}
          </span>
          <p lang={locale} dir="auto" className="text-sm">
            {summary}
          </p>
          {section && (
            <p className="text-xs text-muted-foreground">
              <bdi>{section}</bdi>
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}
