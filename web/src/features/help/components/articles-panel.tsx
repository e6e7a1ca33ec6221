import { Link2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { HelpEntry } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { useTicketArticles } from "../data";
import { Reading } from "./reading";

interface ArticlesPanelProps {
  ticket: string;
  /** A note is being written, which customers do not see. */
  note: boolean;
  /** Puts words into what is being written. */
  onInsert?: (words: string) => void;
}

/** Articles that have to do with a ticket. What the customer may not read is not offered for what he reads. */
export function ArticlesPanel({ ticket, note, onInsert }: ArticlesPanelProps) {
  const { t } = useTranslation();
  const articles = useTicketArticles(ticket);
  const [open, setOpen] = useState<HelpEntry | null>(null);
  return (
    <Card aria-label={t("help.related")} className="grid gap-3 p-4 text-sm">
      <h2 className="font-semibold">{t("help.related")}</h2>
      {articles.isPending ? (
        <Skeleton className="h-16" />
      ) : !articles.data ? (
        <ErrorState error={articles.error} onRetry={() => void articles.refetch()} />
      ) : articles.data.length === 0 ? (
        <p className="text-muted-foreground">{t("help.relatedNone")}</p>
      ) : (
        <ul className="grid gap-3">
          {articles.data.map((entry) => {
            const { slug, title, locale, visibility } = entry;
            return (
              <li key={slug} className="grid justify-items-start gap-1">
                <Button variant="link" size="text" lang={locale} className="text-start whitespace-normal max-sm:min-h-11" onClick={() => setOpen(entry)}>
                  <bdi>{title}</bdi>
                </Button>
                {visibility === "staff" && <Badge>{t("help.notForCustomer")}</Badge>}
                {onInsert && (note || visibility !== "staff") && (
                  <Button size="sm" aria-label={t("help.insertOf", { title })} onClick={() => onInsert(`${title}\n${location.origin}/help/articles/${slug}\n`)}>
                    <Link2 aria-hidden />
                    {t("help.insert")}
                  </Button>
                )}
              </li>
            );
          })}
        </ul>
      )}
      {open && <Reading entry={open} close={t("common.close")} onClose={() => setOpen(null)} />}
    </Card>
  );
}
