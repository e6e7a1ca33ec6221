import { Maximize2, PanelRight, X } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Tooltip } from "@/components/ui/tooltip";
import { loadTexts } from "@/i18n";
import { useLoaded } from "@/lib/use-loaded";
import { useShortcuts } from "@/lib/use-shortcuts";
import type { Split, SplitPlaces } from "../data/use-split";
import { TimelineSkeleton } from "./timeline-skeleton";

/** The ticket's page is not a part of the list's: it comes, with its texts, when a ticket is shown beside the list. */
async function loadTicket() {
  const [{ DeskTicket }] = await Promise.all([import("../ticket-page"), loadTexts("ticket"), loadTexts("customers"), loadTexts("survey"), loadTexts("help")]);
  return DeskTicket;
}

/** Turns the view with a ticket beside the list on and off, where the screen has room for both. */
export function SplitToggle({ split }: { split: Split }) {
  const { t } = useTranslation();
  if (!split.possible) return null;
  return (
    <Button variant="ghost" size="sm" aria-pressed={split.on} onClick={split.toggle} className="aria-pressed:bg-accent aria-pressed:text-accent-foreground">
      <PanelRight aria-hidden className="flip-rtl" />
      {t("splitView.toggle")}
    </Button>
  );
}

/** A list and, beside it, the ticket that is chosen there. The list scrolls with the page, the ticket by itself. */
export function SplitView({ split, places: { list, ticket }, children }: { split: Split; places: SplitPlaces; children: ReactNode }) {
  const { t } = useTranslation();
  const { shown, back } = split;
  useShortcuts(shown === null ? {} : { Escape: back });
  return (
    <div className="grid grid-cols-[24rem_minmax(0,1fr)] items-start gap-4">
      <div ref={list} tabIndex={-1} role="group" aria-label={t("splitView.list")} className="grid grid-cols-[minmax(0,1fr)] gap-4 outline-none">
        {children}
      </div>
      <div className="sticky top-14">
        {shown === null ? (
          <Card>
            <Empty icon={PanelRight} title={t("splitView.none")}>
              {t("splitView.noneText")}
            </Empty>
          </Card>
        ) : (
          <Pane key={shown} split={split} place={ticket} id={shown} />
        )}
      </div>
    </div>
  );
}

function Pane({ split, place, id }: { split: Split; place: SplitPlaces["ticket"]; id: string }) {
  const { t } = useTranslation();
  const { loaded: Ticket, error, retry } = useLoaded(loadTicket);
  return (
    // A group and no landmark: what the ticket knows beside its conversation is one, and stands in no other.
    <div
      ref={place}
      tabIndex={-1}
      role="group"
      aria-label={t("splitView.region")}
      data-beside={id}
      onKeyDown={(event) => {
        const target = event.target as HTMLElement;
        // Out of a text the first press leads out of the text alone. Menus and dialogs are drawn elsewhere and have the key for themselves.
        if (event.key !== "Escape" || event.defaultPrevented || target.tagName === "TEXTAREA" || !event.currentTarget.contains(target)) return;
        event.preventDefault();
        split.back();
      }}
      className="@container max-h-[calc(100dvh-4.25rem)] overflow-y-auto rounded-lg border bg-background focus-visible:-outline-offset-2"
    >
      <div className="flex items-center justify-end gap-1 px-3 pt-2">
        <Tooltip text={t("splitView.page")}>
          <Button asChild variant="ghost" size="icon-sm">
            <Link to={`/desk/tickets/${encodeURIComponent(id)}`} aria-label={t("splitView.page")}>
              <Maximize2 aria-hidden />
            </Link>
          </Button>
        </Tooltip>
        <Tooltip text={t("splitView.close")}>
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label={t("splitView.close")}
            onClick={() => {
              split.back();
              split.close();
            }}
          >
            <X aria-hidden />
          </Button>
        </Tooltip>
      </div>
      {error ? (
        <ErrorState error={error} onRetry={retry} />
      ) : Ticket ? (
        <Ticket id={id} onBack={split.back} />
      ) : (
        <div className="p-4">
          <TimelineSkeleton />
        </div>
      )}
    </div>
  );
}
