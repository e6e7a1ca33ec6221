import { useEffect, useRef } from "react";
import { offerPasskeys } from "./passkey";

/** The server forgets after five minutes what it asked the browser to sign. */
const ANEW_MS = 4 * 60_000;

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
    const begin = () => {
      const { signal } = offer;
      offerPasskeys(signal)
        .then((done) => done && told.current.onDone?.())
        .catch((error: unknown) => {
          if (!signal.aborted) told.current.onRefused(error);
        });
    };
    begin();
    const anew = setInterval(() => {
      offer.abort();
      offer = new AbortController();
      begin();
    }, ANEW_MS);
    return () => {
      clearInterval(anew);
      offer.abort();
    };
  }, [on]);
}
