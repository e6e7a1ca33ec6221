import { lazy, Suspense, useCallback, useEffect, useRef, type ComponentProps, type RefObject } from "react";
import { Skeleton } from "@/components/ui/skeleton";
import type { Composer } from "./composer";

const Loaded = lazy(() => import("./composer").then((part) => ({ default: part.Composer })));

type LazyComposerProps = ComponentProps<typeof Composer> & {
  /** Hears that one can write now. */
  onReady?: () => void;
};

/** The composer, which comes after the conversation: a ticket is read before it is answered. */
export function LazyComposer({ onReady, ...props }: LazyComposerProps) {
  return (
    <Suspense fallback={<Skeleton className="h-64 rounded-lg" />}>
      <Loaded {...props} />
      {onReady && <Ready run={onReady} />}
    </Suspense>
  );
}

function Ready({ run }: { run: () => void }) {
  useEffect(() => run(), [run]);
  return null;
}

/** Puts the caret into the text, also when it is asked for before the composer is there. */
export function useComposerFocus(text: RefObject<HTMLTextAreaElement | null>): { focus: () => void; ready: () => void } {
  const pending = useRef(false);
  const focus = useCallback(() => {
    pending.current = text.current === null;
    text.current?.focus();
    text.current?.scrollIntoView({ block: "center" });
  }, [text]);
  const ready = useCallback(() => {
    if (pending.current) focus();
  }, [focus]);
  return { focus, ready };
}
