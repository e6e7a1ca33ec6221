import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { ErrorState } from "@/components/error-state";
import { LoadMore } from "@/components/ui/load-more";
import { Skeleton } from "@/components/ui/skeleton";
import { EntryList } from "./components/entry-list";
import { Trail } from "./components/trail";
import { useHelpSection } from "./data";
import { HelpFrame } from "./help-frame";
import { SectionCards } from "./help-home";

/** What stands in a section. */
export function HelpSectionPage() {
  const { t } = useTranslation();
  const { slug = "" } = useParams();
  const { query, page, articles } = useHelpSection(slug);
  const title = page?.section.name ?? t("help.title");
  return (
    <HelpFrame title={title} description={t("help.sectionText", { name: title })} found={query.isSuccess}>
      {query.isPending ? (
        <Skeleton className="h-72" />
      ) : !page ? (
        <ErrorState page list="/help" error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <div className="grid gap-5">
          <Trail sections={page.parent ? [page.parent] : []} />
          <h1 className="text-2xl font-semibold tracking-tight">
            <bdi>{title}</bdi>
          </h1>
          {page.sections.length > 0 && <SectionCards sections={page.sections} all={[]} />}
          {articles.length > 0 && <EntryList entries={articles.map((entry) => ({ ...entry, section: "" }))} label={title} />}
          <LoadMore more={query.hasNextPage} busy={query.isFetchingNextPage} failed={query.isFetchNextPageError} onMore={() => void query.fetchNextPage()} />
        </div>
      )}
    </HelpFrame>
  );
}
