import { BookOpen, SearchX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { HelpSection } from "@/api/types";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { SearchField } from "@/components/search-field";
import { Skeleton } from "@/components/ui/skeleton";
import { search, useUrlFilter } from "@/lib/url-filter";
import { EntryList } from "./components/entry-list";
import { useHelpHome, useHelpSearch } from "./data";
import { HelpFrame } from "./help-frame";

const FILTER = { q: search() };

/** Where one begins: a search, the sections, the latest articles. */
export function HelpHomePage() {
  const { t } = useTranslation();
  const { filter, change } = useUrlFilter(FILTER);
  return (
    <HelpFrame title={t("help.title")} description={t("help.text")} found={filter.q === ""}>
      <div className="grid gap-6">
        <div className="grid gap-1">
          <h1 className="text-2xl font-semibold tracking-tight">{t("help.title")}</h1>
          <p className="text-muted-foreground">{t("help.text")}</p>
        </div>
        <search className="[&>div]:w-full">
          <SearchField label={t("help.search")} value={filter.q} onChange={(q) => change({ q })} />
        </search>
        {filter.q === "" ? <Start /> : <Results q={filter.q} />}
      </div>
    </HelpFrame>
  );
}

function Start() {
  const { t } = useTranslation();
  const query = useHelpHome();
  if (query.isPending) return <Skeleton className="h-72" />;
  if (!query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const { sections, latest } = query.data;
  if (latest.length === 0) return <Empty icon={BookOpen} title={t("help.nothing")} />;
  return (
    <>
      <section className="grid gap-3">
        <h2 className="font-semibold">{t("help.sections")}</h2>
        <SectionCards sections={sections.filter(({ parent }) => parent === null)} all={sections} />
      </section>
      <section className="grid gap-3">
        <h2 className="font-semibold">{t("help.latest")}</h2>
        <EntryList entries={latest} label={t("help.latest")} />
      </section>
    </>
  );
}

/** Sections with what stands in them. */
export function SectionCards({ sections, all }: { sections: HelpSection[]; all: HelpSection[] }) {
  const { t } = useTranslation();
  return (
    <ul className="grid gap-3 sm:grid-cols-2">
      {sections.map(({ slug, name, articles }) => {
        const inner = all.filter(({ parent }) => parent === slug);
        const count = inner.reduce((sum, each) => sum + each.articles, articles);
        return (
          <li key={slug}>
            <Link to={`/help/sections/${slug}`} className="grid h-full gap-1 rounded-lg border bg-surface p-4 hover:bg-sunken">
              <bdi className="font-medium">{name}</bdi>
              <span className="text-sm text-muted-foreground">{t("help.articles", { count })}</span>
              {inner.length > 0 && <bdi className="text-sm">{inner.map((each) => each.name).join(" · ")}</bdi>}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

function Results({ q }: { q: string }) {
  const { t } = useTranslation();
  const query = useHelpSearch(q);
  if (query.isPending) return <Skeleton className="h-72" />;
  if (!query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const { articles, corrections, some_words } = query.data;
  return (
    <section className="grid gap-3" aria-busy={query.isPlaceholderData || undefined}>
      <h2 className="font-semibold">{t("help.found")}</h2>
      <div role="status" className="grid gap-1 text-sm text-muted-foreground">
        <p>{t("help.articles", { count: articles.length })}</p>
        {corrections.map(({ given, used }) => (
          <p key={given}>{t("help.corrected", { given, used })}</p>
        ))}
        {some_words && <p>{t("help.someWords")}</p>}
      </div>
      {articles.length > 0 ? (
        <EntryList entries={articles} label={t("help.found")} />
      ) : (
        <Empty icon={SearchX} title={t("help.noMatch")}>
          {t("help.noMatchText")}
        </Empty>
      )}
    </section>
  );
}
