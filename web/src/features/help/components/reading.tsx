import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ErrorState } from "@/components/error-state";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import type { HelpEntry } from "@/api/types";
import { useHelpArticle } from "../data";
import { ArticleBody } from "./article-body";

interface ReadingProps {
  entry: HelpEntry;
  close: string;
  onClose: () => void;
  /** What can be done with it besides reading. */
  children?: ReactNode;
}

/** An article over the page, which stays as it is. */
export function Reading({ entry, close, onClose, children }: ReadingProps) {
  const { t } = useTranslation();
  const { query } = useHelpArticle(entry.slug, entry.locale);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={entry.title}
      description={entry.summary}
      className="max-w-2xl"
      footer={
        <>
          <Button onClick={onClose}>{close}</Button>
          {children}
        </>
      }
    >
      {query.isPending ? (
        <Skeleton className="h-60" />
      ) : !query.data ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        // The keys reach what does not fit.
        <section tabIndex={0} aria-label={t("help.title")} className="max-h-[55dvh] overflow-y-auto">
          <ArticleBody html={query.data.html} locale={query.data.locale} signedIn apart />
        </section>
      )}
    </Dialog>
  );
}
