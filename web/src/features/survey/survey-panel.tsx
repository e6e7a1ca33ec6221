import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import type { TicketSurvey } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Time } from "@/components/time";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";

/** Only customers rate. */
const RatingForm = lazy(async () => ({ default: (await import("./rating-form")).RatingForm }));

function useSurveys(id: string) {
  return useQuery({
    queryKey: ["ticket", id, "survey"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/tickets/{id}/survey", { params: { path: { id } }, signal })),
  });
}

function toneOf(rating: number) {
  return rating >= 4 ? "success" : rating <= 2 ? "danger" : "warning";
}

/** How satisfied the customer was with each resolution; nothing while none was asked about. */
export function SurveyPanel({ id }: { id: string }) {
  const { t } = useTranslation();
  const title = useId();
  const surveys = useSurveys(id);
  const known = surveys.data?.items ?? null;
  if (surveys.isPending || known?.length === 0) return null;
  return (
    <Card aria-labelledby={title} role="region" className="grid gap-3 p-4 text-sm">
      <h2 id={title} className="font-semibold">
        {t("surveyPanel.title")}
      </h2>
      {known ? (
        <ul className="grid gap-3">
          {known.map((survey) => (
            <li key={survey.cycle} className="grid gap-1">
              <Said survey={survey} several={known.length > 1} />
            </li>
          ))}
        </ul>
      ) : (
        <ErrorState error={surveys.error} onRetry={() => void surveys.refetch()} />
      )}
    </Card>
  );
}

function Said({ survey, several }: { survey: TicketSurvey; several: boolean }) {
  const { t } = useTranslation();
  const { rating, comment, asked_at, not_asked, answered_at, changed_at } = survey;
  return (
    <>
      {several && <p className="text-xs text-muted-foreground">{t("surveyPanel.cycle", { n: survey.cycle })}</p>}
      {rating !== null && (
        <p className="flex flex-wrap items-center gap-2">
          <Badge tone={toneOf(rating)}>{t("surveyPanel.of", { rating })}</Badge>
          {t(`rating.${rating}`)}
        </p>
      )}
      {comment && (
        <p className="break-words whitespace-pre-wrap">
          <bdi>{comment}</bdi>
        </p>
      )}
      <p className="text-xs text-muted-foreground">
        {answered_at ? (
          <>
            {t(`surveyPanel.${survey.channel === "portal" ? "inPortal" : "byMail"}`)} <Time at={changed_at ?? answered_at} />
          </>
        ) : asked_at ? (
          <>
            {t("surveyPanel.asked")} <Time at={asked_at} />
          </>
        ) : (
          t([`surveyNotAsked.${not_asked}`, "surveyNotAsked.other"])
        )}
      </p>
    </>
  );
}

/** The customer says how satisfied he is, where he reads the answer; nothing while there is nothing to rate. */
export function RateCard({ id }: { id: string }) {
  const { t } = useTranslation();
  const title = useId();
  const queries = useQueryClient();
  const surveys = useSurveys(id);
  const [thanked, setThanked] = useState(false);
  if (!surveys.data) return null;
  const { offered, items } = surveys.data;
  const answer = items[0];
  const rating = answer?.rating ?? null;
  if (!offered && rating === null) return null;
  return (
    <Card aria-labelledby={title} role="region" className="grid gap-4 p-4">
      <h2 id={title} className="font-semibold">
        {t("survey.title")}
      </h2>
      {thanked && <Alert tone="info" title={t("survey.thanks")} live />}
      {offered ? (
        <Suspense fallback={<Skeleton className="h-40" />}>
          <RatingForm
            rating={rating}
            comment={answer?.comment ?? null}
            answered={rating !== null}
            wide
            save={async (body) => {
              const after = await call(api.PUT("/api/v1/tickets/{id}/survey", { params: { path: { id } }, body }));
              queries.setQueryData(["ticket", id, "survey"], after);
            }}
            onSaved={() => setThanked(true)}
          />
        </Suspense>
      ) : (
        <p className="text-sm">{t("survey.final", { rating })}</p>
      )}
      {offered && answer && rating !== null && (
        <p className="text-xs text-muted-foreground">
          {t("survey.changeUntil")} <Time at={answer.open_until} full />
        </p>
      )}
    </Card>
  );
}
