import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ArticleRevision, KnowledgeArticle } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Time } from "@/components/time";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { LoadMore } from "@/components/ui/load-more";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { ArticleBody } from "@/features/help/components/article-body";
import { LOCALE_NAMES } from "@/i18n";
import { useRestore, useRevision, useRevisions } from "../data";

/** Every text that was saved; one of them can be looked at and restored. */
export function History({ article, unsaved }: { article: KnowledgeArticle; unsaved: boolean }) {
  const { t } = useTranslation();
  const { query, rows } = useRevisions(article.id);
  const [looked, setLooked] = useState<ArticleRevision | null>(null);
  return (
    <Section title={t("knowledge.history")}>
      <p className="mb-3 text-sm text-muted-foreground">{t("knowledge.historyText")}</p>
      {query.isPending ? (
        <Skeleton className="h-24" />
      ) : query.isError && rows.length === 0 ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : rows.length === 0 ? (
        <p className="text-sm">{t("knowledge.noHistory")}</p>
      ) : (
        <ul className="divide-y">
          {rows.map((revision) => (
            <li key={revision.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 text-sm">
              <Badge>{LOCALE_NAMES[revision.locale]}</Badge>
              <bdi className="min-w-0 flex-1 basis-48">{revision.title}</bdi>
              {revision.removed && <Badge tone="warning">{t("knowledge.removed")}</Badge>}
              <span className="text-muted-foreground">
                <Time at={revision.at} /> {revision.by ? t("knowledge.by", { name: revision.by }) : t("knowledge.bySystem")}
              </span>
              <Button size="sm" onClick={() => setLooked(revision)}>
                {t("knowledge.look")}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <LoadMore more={query.hasNextPage} busy={query.isFetchingNextPage} failed={query.isFetchNextPageError} onMore={() => void query.fetchNextPage()} />
      {looked && <Look article={article} unsaved={unsaved} revision={looked} onClose={() => setLooked(null)} />}
    </Section>
  );
}

interface LookProps {
  article: KnowledgeArticle;
  /** Something is typed that a restored text would not show in. */
  unsaved: boolean;
  revision: ArticleRevision;
  onClose: () => void;
}

function Look({ article, unsaved, revision, onClose }: LookProps) {
  const { t } = useTranslation();
  const query = useRevision(article.id, revision.id);
  const restore = useRestore(article);
  return (
    <ConfirmDialog
      open
      title={revision.title}
      description={revision.summary}
      confirm={t("knowledge.restore")}
      busy={restore.isPending}
      disabled={unsaved}
      error={restore.error}
      onCancel={onClose}
      onConfirm={() =>
        restore.mutate(revision.id, {
          onSuccess: () => {
            toast({ tone: "success", title: t("knowledge.restored") });
            onClose();
          },
        })
      }
    >
      {unsaved && <Alert tone="info" title={t("common.saveFirst")} />}
      {query.isPending ? (
        <Skeleton className="h-48" />
      ) : !query.data ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        // The keys reach what does not fit.
        <div tabIndex={0} className="max-h-[50dvh] overflow-y-auto rounded-md border px-4">
          <ArticleBody html={query.data.html} locale={revision.locale} signedIn apart />
        </div>
      )}
    </ConfirmDialog>
  );
}
