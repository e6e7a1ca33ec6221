import { ThumbsDown, ThumbsUp } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { useVote, useVotedHere } from "../data";

/** Asks whether an article helped; the answer may be changed. */
export function Vote({ slug }: { slug: string }) {
  const { t } = useTranslation();
  const vote = useVote(slug);
  const kept = useVotedHere(slug);
  const said = vote.data ?? kept;
  return (
    <section aria-labelledby="helpful" className="mt-8 flex flex-wrap items-center gap-2 border-t pt-5">
      <h2 id="helpful" className="text-sm font-medium">
        {t("help.helpful")}
      </h2>
      {([true, false] as const).map((helpful) => (
        <Button key={String(helpful)} aria-pressed={said === helpful} variant={said === helpful ? "primary" : "secondary"} disabled={vote.isPending} onClick={() => vote.mutate(helpful)}>
          {helpful ? <ThumbsUp aria-hidden /> : <ThumbsDown aria-hidden />}
          {t(helpful ? "help.yes" : "help.no")}
        </Button>
      ))}
      <p role="status" className="text-sm text-muted-foreground">
        {said !== null && t("help.thanks")}
      </p>
    </section>
  );
}
