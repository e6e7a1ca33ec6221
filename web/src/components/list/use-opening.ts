import { useEffect, useRef } from "react";
import { useLocation, useNavigate, useNavigationType } from "react-router";
import type { SavedView } from "@/lib/saved-views";

/**
 * Shows the view that the reader wants a list to open with: once, when he comes to the list by an address that says nothing. Who goes
 * back, or chooses to see all, sees that.
 */
export function useOpening(query: string, views: readonly SavedView[] | undefined): void {
  const { key, search } = useLocation();
  const came = useNavigationType();
  const navigate = useNavigate();
  // The first page of a visit has no other key; one that was gone back to, or read anew, has that of its place in the history.
  const arrived = useRef(search === "" && (came !== "POP" || key === "default") ? key : null);
  useEffect(() => {
    if (arrived.current === null || !views) return;
    const here = arrived.current === key && query === "";
    arrived.current = null;
    const view = views.find(({ opening }) => opening);
    if (here && view && view.query !== "") void navigate({ search: view.query }, { replace: true });
  }, [key, query, views, navigate]);
}
