import { useEffect } from "react";
import { useNavigate } from "react-router";
import type { Me } from "@/api/types";
import { navigation, newTicketPath } from "@/features/shell/navigation";
import { useShortcuts, type Shortcuts } from "@/lib/use-shortcuts";
import { useUi } from "@/stores/ui";

/** Keys that work on every page. */
export function useGlobalShortcuts(user: Me): void {
  const navigate = useNavigate();
  const { setPalette, setShortcuts } = useUi();

  // Ctrl/Cmd+K works even while typing, so it is bound apart from the single keys.
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
      event.preventDefault();
      setPalette(!useUi.getState().paletteOpen);
    }
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [setPalette]);

  const shortcuts: Shortcuts = { "?": () => setShortcuts(true) };
  for (const { keys, to } of navigation(user)) {
    if (keys) shortcuts[keys] = () => void navigate(to);
  }
  const create = newTicketPath(user);
  if (create) shortcuts.c = () => void navigate(create);
  useShortcuts(shortcuts);
}
