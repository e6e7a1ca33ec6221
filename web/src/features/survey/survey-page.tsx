import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { components } from "@/api/schema";
import { knock } from "@/api/session";
import { Time } from "@/components/time";
import { Alert } from "@/components/ui/alert";
import { AuthFrame } from "@/features/auth/auth-frame";
import { LinkFailure, linkFailure } from "@/features/auth/link-failure";
import { useLinkToken } from "@/features/auth/use-link-token";
import { changeLocale, isLocale } from "@/i18n";
import { RatingForm } from "./rating-form";

type Opened = components["schemas"]["OpenedSurvey"];

/** What the mail's link says besides its token: the rating that was pressed, and the language of the mail. */
function useWish(): { rating: number | null; lang: string | null } {
  const [wish] = useState(() => {
    const said = new URLSearchParams(location.hash.slice(1));
    const rating = Number(said.get("rating"));
    return { rating: Number.isInteger(rating) && rating >= 1 && rating <= 5 ? rating : null, lang: said.get("lang") };
  });
  useEffect(() => {
    if (isLocale(wish.lang)) void changeLocale(wish.lang);
  }, [wish]);
  return wish;
}

/** What the link of a satisfaction survey opens. The link answers nothing by itself: programs that look at mail follow it. */
export function SurveyPage() {
  const { t } = useTranslation();
  const wish = useWish();
  const token = useLinkToken();
  const queries = useQueryClient();
  const [thanked, setThanked] = useState(false);
  const key = ["survey", token];
  const survey = useQuery({
    queryKey: key,
    queryFn: async () => (await (await knock("/survey", { token })).json()) as Opened,
    retry: false,
    staleTime: Infinity,
  });
  if (survey.isPending) return <AuthFrame title={t("survey.title")} subtitle={t("survey.looking")} />;
  if (survey.isError) {
    return (
      <AuthFrame title={t("survey.title")}>
        <LinkFailure text={linkFailure(t, survey.error)} />
      </AuthFrame>
    );
  }
  const { number, open, open_until, rating, comment } = survey.data;
  return (
    <AuthFrame title={t("survey.title")} subtitle={t("survey.about", { number })}>
      <div className="grid gap-4">
        {thanked && <Alert tone="info" title={t("survey.thanks")} live />}
        {open ? (
          <>
            <RatingForm
              rating={wish.rating && !thanked ? wish.rating : rating}
              comment={comment}
              answered={rating !== null}
              save={async (body) => {
                const answer = (await (await knock("/survey/answer", { token, ...body })).json()) as Opened;
                queries.setQueryData(key, answer);
              }}
              onSaved={() => setThanked(true)}
            />
            <p className="text-xs text-muted-foreground">
              {t(rating === null ? "survey.until" : "survey.changeUntil")} <Time at={open_until} full />
            </p>
          </>
        ) : (
          <p className="text-sm">{t(rating === null ? "survey.over" : "survey.final", { rating })}</p>
        )}
      </div>
    </AuthFrame>
  );
}
