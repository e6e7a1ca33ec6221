import { useEffect, useState } from "react";

/** Takes the token out of the address bar, so that it stays in no history. */
function taken(): string {
  const found = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
  if (found) history.replaceState(history.state, "", location.pathname);
  return found;
}

/**
 * The token of the mailed link that was opened. It stands in the fragment, which no server gets to see, and leaves the
 * address bar at once. Another link that is put into the same tab begins the page anew.
 */
export function useLinkToken(): string {
  const [token] = useState(taken);
  useEffect(() => {
    const another = () => new URLSearchParams(location.hash.slice(1)).has("token") && location.reload();
    window.addEventListener("hashchange", another);
    return () => window.removeEventListener("hashchange", another);
  }, []);
  return token;
}
