import { useId, useState, type KeyboardEvent, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { CannedReplyOffer } from "@/api/types";
import { explain } from "@/api/problem";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import { typeText } from "@/lib/type-text";
import { asked, fitting, useOffered } from "../data/canned";

const NONE: CannedReplyOffer[] = [];

interface Suggestions {
  /** What the field says of its list. */
  attributes: { "aria-autocomplete"?: "list"; "aria-haspopup"?: "listbox"; "aria-controls"?: string; "aria-activedescendant"?: string };
  look: (box: HTMLTextAreaElement) => void;
  close: () => void;
  /** True when the key was the list's. */
  onKeyDown: (event: KeyboardEvent<HTMLTextAreaElement>) => boolean;
  list: React.ReactNode;
}

/** Canned replies that a slash and the beginning of a shortcut offer. Arrows choose, Enter or Tab takes, Escape leaves it. */
export function useCannedSuggestions(ticket: string, enabled: boolean, box: RefObject<HTMLTextAreaElement | null>, onInserted: (offer: CannedReplyOffer) => void): Suggestions {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState<string | null>(null);
  const [at, setAt] = useState(0);
  const id = useId();
  const offers = useOffered(ticket, "", enabled && wanted !== null);
  const found = enabled && wanted !== null ? fitting(offers.data ?? NONE, wanted) : NONE;
  const chosen = found[Math.min(at, found.length - 1)];
  const failed = enabled && wanted !== null && offers.isError && !offers.data;
  const option = (offer: CannedReplyOffer) => `${id}-${offer.id}`;

  function look(field: HTMLTextAreaElement) {
    const next = field.selectionStart === field.selectionEnd ? asked(field.value, field.selectionStart) : null;
    if (next !== wanted) setAt(0);
    setWanted(next);
  }
  function take(offer: CannedReplyOffer) {
    if (!box.current) return;
    const caret = box.current.selectionStart;
    typeText(box.current, offer.filled.text ?? "", caret - (wanted ?? "").length - 1, caret);
    setWanted(null);
    onInserted(offer);
  }
  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): boolean {
    if (!chosen || event.nativeEvent.isComposing || event.ctrlKey || event.metaKey) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      setAt((Math.min(at, found.length - 1) + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length);
    } else if (event.key === "Enter" || event.key === "Tab") {
      take(chosen);
    } else if (event.key === "Escape") {
      setWanted(null);
    } else return false;
    event.preventDefault();
    return true;
  }
  return {
    attributes: enabled ? { "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-controls": chosen ? id : undefined, "aria-activedescendant": chosen ? option(chosen) : undefined } : {},
    look,
    close: () => setWanted(null),
    onKeyDown,
    // In the flow of the page: wherever the field stands, its list is below it and whole.
    list: failed ? (
      <div role="status" className="flex flex-wrap items-center gap-x-3 rounded-lg border bg-raised px-3 py-1 text-sm shadow-pop">
        <span className="min-w-0 flex-1">{t("composer.cannedFailed", { why: explain(t, offers.error).title })}</span>
        {/* The field must keep the focus. */}
        <Button size="sm" busy={offers.isFetching} onPointerDown={(event) => event.preventDefault()} onClick={() => void offers.refetch()}>
          {t("common.retry")}
        </Button>
      </div>
    ) : chosen && (
      <ul id={id} role="listbox" aria-label={t("composer.canned")} className="rounded-lg border bg-raised p-1 shadow-pop">
        {found.map((offer) => (
          <li
            key={offer.id}
            id={option(offer)}
            role="option"
            aria-selected={offer === chosen}
            className={cn("flex min-h-8 cursor-default items-center gap-2.5 rounded px-2 text-sm max-sm:min-h-11", offer === chosen && "bg-accent text-accent-foreground")}
            // The field must keep the focus, and with it the caret.
            onPointerDown={(event) => {
              event.preventDefault();
              take(offer);
            }}
          >
            <bdi className="font-mono text-[0.85em]">/{offer.shortcut}</bdi>
            <bdi className="min-w-0 flex-1 truncate">{offer.title}</bdi>
          </li>
        ))}
      </ul>
    ),
  };
}
