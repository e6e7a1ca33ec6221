import type { RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { CannedReplyOffer } from "@/api/types";
import { explain } from "@/api/problem";
import { type Suggestions, useAsked, useSuggestions } from "@/components/suggestions";
import { Button } from "@/components/ui/button";
import { typeText } from "@/lib/type-text";
import { asked, fitting, saidIn, useOffered } from "../data/canned";

const NONE: CannedReplyOffer[] = [];

/** Canned replies that a slash and the beginning of a shortcut offer. */
export function useCannedSuggestions(ticket: string, enabled: boolean, box: RefObject<HTMLTextAreaElement | null>, onInserted: (offer: CannedReplyOffer) => void): Suggestions {
  const { t } = useTranslation();
  const query = useAsked(asked, enabled);
  const { wanted } = query;
  const offers = useOffered(ticket, "", wanted !== null);
  const failed = wanted !== null && offers.isError && !offers.data;
  const suggestions = useSuggestions(query, {
    found: wanted === null ? NONE : fitting(offers.data ?? NONE, wanted),
    idOf: (offer) => offer.id,
    label: t("composer.canned"),
    take: (offer) => {
      if (!box.current) return;
      const caret = box.current.selectionStart;
      typeText(box.current, saidIn(offer), caret - (wanted ?? "").length - 1, caret);
      onInserted(offer);
    },
    show: (offer) => (
      <>
        <bdi className="font-mono text-[0.85em]">/{offer.shortcut}</bdi>
        <bdi className="min-w-0 flex-1 truncate">{offer.title}</bdi>
      </>
    ),
  });
  if (!failed) return suggestions;
  return {
    ...suggestions,
    // In the flow of the page: wherever the field stands, its list is below it and whole.
    list: (
      <div role="status" className="flex flex-wrap items-center gap-x-3 rounded-lg border bg-raised px-3 py-1 text-sm shadow-pop">
        <span className="min-w-0 flex-1">{t("composer.cannedFailed", { why: explain(t, offers.error).title })}</span>
        {/* The field must keep the focus. */}
        <Button size="sm" busy={offers.isFetching} onPointerDown={(event) => event.preventDefault()} onClick={() => void offers.refetch()}>
          {t("common.retry")}
        </Button>
      </div>
    ),
  };
}
