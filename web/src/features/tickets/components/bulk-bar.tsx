import { useState } from "react";
import { ErrorState } from "@/components/error-state";
import { lazyDialog } from "@/components/lazy-dialog";
import { Card } from "@/components/ui/card";
import type { Selection } from "@/components/ui/use-selection";
import { loadTexts } from "@/i18n";
import { useLoaded } from "@/lib/use-loaded";
import type { TicketFilter } from "../data/filters";

const BulkDialog = lazyDialog(async () => (await import("./bulk-dialog")).BulkDialog);

// Nobody who only reads the list needs any of it.
async function loadActions() {
  const [{ BulkActions }] = await Promise.all([import("./bulk-actions"), loadTexts("bulk")]);
  return BulkActions;
}

interface BulkBarProps {
  selection: Selection;
  filter: TicketFilter;
  /** There are rows beyond those that are loaded. */
  more: boolean;
}

/** What can be done with the marked tickets of a list. */
export function BulkBar({ selection, filter, more }: BulkBarProps) {
  const [shown, setShown] = useState<string | null>(null);
  return (
    <>
      {selection.ids.size > 0 && <Actions selection={selection} filter={filter} more={more} onStarted={setShown} />}
      {shown && <BulkDialog id={shown} onClose={() => setShown(null)} />}
    </>
  );
}

function Actions(props: BulkBarProps & { onStarted: (id: string) => void }) {
  const { loaded: Loaded, error, retry } = useLoaded(loadActions);
  if (Loaded) return <Loaded {...props} />;
  return error ? (
    <Card className="sticky bottom-3 z-20 mx-auto w-fit max-sm:bottom-16">
      <ErrorState error={error} onRetry={retry} />
    </Card>
  ) : null;
}
