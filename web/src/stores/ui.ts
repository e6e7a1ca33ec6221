import { create } from "zustand";
import { readStored, writeStored } from "@/lib/storage";

export type Theme = "light" | "dark" | "system";

/** How much air the rows of tables have. */
export type Density = "comfortable" | "compact";

interface UiState {
  theme: Theme;
  density: Density;
  /** Wide screens show the chosen ticket beside the list. */
  split: boolean;
  paletteOpen: boolean;
  shortcutsOpen: boolean;
  navOpen: boolean;
  setTheme: (theme: Theme) => void;
  setDensity: (density: Density) => void;
  setSplit: (split: boolean) => void;
  setPalette: (open: boolean) => void;
  setShortcuts: (open: boolean) => void;
  setNav: (open: boolean) => void;
}

const KEY = "cm.theme";
const DENSITY = "cm.density";
const SPLIT = "cm.split";
const systemDark = typeof matchMedia === "undefined" ? null : matchMedia("(prefers-color-scheme: dark)");

function stored(): Theme {
  const value = readStored(KEY);
  return value === "light" || value === "dark" ? value : "system";
}

export function applyTheme(theme: Theme): void {
  const dark = theme === "dark" || (theme === "system" && systemDark?.matches === true);
  document.documentElement.classList.toggle("dark", dark);
}

/** State of the interface itself; data of the server lives in the query cache only. */
export const useUi = create<UiState>((set) => ({
  theme: stored(),
  density: readStored(DENSITY) === "compact" ? "compact" : "comfortable",
  split: readStored(SPLIT) === "on",
  paletteOpen: false,
  shortcutsOpen: false,
  navOpen: false,
  setTheme: (theme) => {
    writeStored(KEY, theme === "system" ? null : theme);
    applyTheme(theme);
    set({ theme });
  },
  setDensity: (density) => {
    writeStored(DENSITY, density === "comfortable" ? null : density);
    set({ density });
  },
  setSplit: (split) => {
    writeStored(SPLIT, split ? "on" : null);
    set({ split });
  },
  setPalette: (paletteOpen) => set({ paletteOpen }),
  setShortcuts: (shortcutsOpen) => set({ shortcutsOpen }),
  setNav: (navOpen) => set({ navOpen }),
}));

systemDark?.addEventListener("change", () => applyTheme(useUi.getState().theme));
