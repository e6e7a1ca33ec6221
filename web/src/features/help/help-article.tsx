import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import type { HelpArticle, Locale } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Time } from "@/components/time";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { LOCALE_NAMES } from "@/i18n";
import { ArticleBody } from "./components/article-body";
import { Trail } from "./components/trail";
import { Vote } from "./components/vote";
import { useHelpArticle } from "./data";
import { HelpFrame } from "./help-frame";

/** An article. */
export function HelpArticlePage() {
  const { slug = "" } = useParams();
  return <Reading key={slug} slug={slug} />;
}

function Reading({ slug }: { slug: string }) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState<Locale>();
  const { query, signedIn } = useHelpArticle(slug, wanted);
  const article = query.data;
  const box = useRef<HTMLElement>(null);
  const shown = article?.locale;
  // The button that was pressed is none of its languages' any more.
  useEffect(() => {
    if (wanted !== undefined && shown === wanted) box.current?.querySelector("h1")?.focus();
  }, [wanted, shown]);
  return (
    <HelpFrame title={article?.title ?? t("help.title")} description={article?.summary ?? t("help.text")} found={article?.visibility === "public"}>
      {query.isPending ? (
        <Skeleton className="h-96" />
      ) : !article ? (
        <ErrorState page list="/help" error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <article ref={box} aria-busy={query.isPlaceholderData || undefined} className="grid gap-4">
          <Trail sections={article.path} />
          <Head article={article} wanted={wanted} onWanted={setWanted} />
          <ArticleBody html={article.html} locale={article.locale} signedIn={signedIn} />
          <Vote slug={slug} />
        </article>
      )}
    </HelpFrame>
  );
}

/** Its title, and in which languages it is there. */
function Head({ article, wanted, onWanted }: { article: HelpArticle; wanted?: Locale; onWanted: (locale: Locale) => void }) {
  const { t, i18n } = useTranslation();
  const { title, summary, locale, locales, visibility, updated_at } = article;
  const page = i18n.language as Locale;
  const others = locales.filter((each) => each !== locale);
  return (
    <>
      <header lang={locale} dir={locale === "ar" ? "rtl" : "ltr"} className="grid gap-1">
        <h1 tabIndex={-1} className="text-2xl outline-none font-semibold tracking-tight">{title}</h1>
        <p className="text-muted-foreground">{summary}</p>
      </header>
      {!locales.includes(wanted ?? page) && (
        <Alert tone="info" title={t("help.otherLanguage", { wanted: LOCALE_NAMES[wanted ?? page], shown: LOCALE_NAMES[locale] })} />
      )}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted-foreground">
        <span>
          {t("help.updated")} <Time at={updated_at} />
        </span>
        {visibility !== "public" && <Badge>{t(`articleVisibility.${visibility}`)}</Badge>}
        {others.length > 0 && (
          <span className="flex flex-wrap items-center gap-x-3">
            {t("help.alsoIn")}
            {others.map((each) => (
              <Button key={each} variant="link" size="text" lang={each} onClick={() => onWanted(each)}>
                {LOCALE_NAMES[each]}
              </Button>
            ))}
          </span>
        )}
      </div>
    </>
  );
}
