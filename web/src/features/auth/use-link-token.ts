import { useState } from "react";

/**
 * The token of the mailed link that was opened. It stands in the fragment, which no server gets to see, and leaves the
 * address bar at once, so that it stays in no history.
 */
export function useLinkToken(): string {
  const [token] = useState(() => {
    const found = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
    if (found) history.replaceState(history.state, "", location.pathname);
    return found;
  });
  return token;
}
