import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { ErrorState } from "@/components/error-state";
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
  const query = useHelpSection(slug);
  const title = query.data?.section.name ?? t("help.title");
  return (
    <HelpFrame title={title} description={t("help.sectionText", { name: title })} found={query.isSuccess}>
      {query.isPending ? (
        <Skeleton className="h-72" />
      ) : !query.data ? (
        <ErrorState page list="/help" error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <div className="grid gap-5">
          <Trail sections={query.data.parent ? [query.data.parent] : []} />
          <h1 className="text-2xl font-semibold tracking-tight">
            <bdi>{title}</bdi>
          </h1>
          {query.data.sections.length > 0 && <SectionCards sections={query.data.sections} all={[]} />}
          {query.data.articles.length > 0 && <EntryList entries={query.data.articles.map((entry) => ({ ...entry, section: "" }))} label={title} />}
        </div>
      )}
    </HelpFrame>
  );
}
