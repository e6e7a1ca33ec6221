import { useEffect, useRef } from "react";
import { offerPasskeys } from "./passkey";

/** The server forgets after five minutes what it asked the browser to sign. */
const ANEW_MS = 4 * 60_000;

/** How soon a proposal that could not be made is made again, at first; each time it waits twice as long. */
const AGAIN_MS = 2_000;

interface Autofill {
  /** Whether passkeys are proposed now: not while one is asked for by a button, nor where no address is typed. */
  on: boolean;
  onDone?: () => void;
  onRefused: (error: unknown) => void;
}

/** Has the browser propose passkeys in the field of the address (`autocomplete="username webauthn"`) while the form is on screen. */
export function usePasskeyAutofill({ on, onDone, onRefused }: Autofill): void {
  const told = useRef({ onDone, onRefused });
  useEffect(() => {
    told.current = { onDone, onRefused };
  });
  useEffect(() => {
    if (!on) return;
    let offer = new AbortController();
    let next: ReturnType<typeof setTimeout>;
    const begin = (again: number) => {
      offer = new AbortController();
      const { signal } = offer;
      next = setTimeout(() => anew(AGAIN_MS), ANEW_MS);
      offerPasskeys(signal)
        .then((offered) => {
          if (offered === "in") told.current.onDone?.();
          if (offered !== "failed" || signal.aborted) return;
          clearTimeout(next);
          next = setTimeout(() => anew(Math.min(again * 2, ANEW_MS)), again);
        })
        .catch((error: unknown) => {
          if (!signal.aborted) told.current.onRefused(error);
        });
    };
    const anew = (again: number) => {
      offer.abort();
      begin(again);
    };
    begin(AGAIN_MS);
    return () => {
      clearTimeout(next);
      offer.abort();
    };
  }, [on]);
}
