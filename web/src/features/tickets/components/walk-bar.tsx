import { ChevronDown, ChevronUp } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { useFormat } from "@/lib/use-format";
import type { Neighbours } from "../data/walk";

/** Leads along the list that somebody came from. What it cannot do now stays where it is, so that a second press is not one of its neighbour. */
export function WalkBar({ neighbours: { at, count, more, busy, toPrevious, toNext } }: { neighbours: Neighbours }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div role="group" aria-label={t("walk.list")} className="flex items-center gap-1">
      <span className="tabular text-xs text-muted-foreground">{t(more ? "walk.atLeast" : "walk.at", { n: format.number(at), total: format.number(count) })}</span>
      <Button variant="ghost" size="icon-sm" aria-label={t("walk.previous")} title={t("walk.previousHint")} disabled={!toPrevious} onClick={toPrevious}>
        <ChevronUp aria-hidden />
      </Button>
      <Button variant="ghost" size="icon-sm" aria-label={t("walk.next")} title={t("walk.nextHint")} busy={busy} disabled={!toNext && !busy} onClick={toNext}>
        <ChevronDown aria-hidden />
      </Button>
    </div>
  );
}
