import { useCallback, useEffect, useState } from "react";

/**
 * Code that is fetched when it is first needed. Should that fail, as it does without a network, the page stays as it is and can try again.
 * `load` must stay the same function; what it gave once is there at once the next time.
 */
export function useLoaded<T>(load: () => Promise<T>): { loaded: T | null; error: unknown; retry: () => void } {
  const [{ loaded, error, tries }, set] = useState<{ loaded: T | null; error: unknown; tries: number }>({ loaded: null, error: null, tries: 0 });
  useEffect(() => {
    let here = true;
    load().then(
      (found) => here && set((before) => ({ ...before, loaded: found, error: null })),
      (failed: unknown) => here && set((before) => ({ ...before, error: failed })),
    );
    return () => {
      here = false;
    };
  }, [load, tries]);
  const retry = useCallback(() => set((before) => ({ ...before, error: null, tries: before.tries + 1 })), []);
  return { loaded, error, retry };
}
