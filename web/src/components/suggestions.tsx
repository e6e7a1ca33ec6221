import { useId, useState, type KeyboardEvent, type ReactNode } from "react";
import { cn } from "@/lib/cn";

/** What a field that suggests needs of its suggestions. */
export interface Suggestions {
  /** What the field says of its list. */
  attributes: { "aria-autocomplete"?: "list"; "aria-haspopup"?: "listbox"; "aria-controls"?: string; "aria-activedescendant"?: string };
  look: (field: HTMLTextAreaElement) => void;
  close: () => void;
  /** True when the key was the list's. */
  onKeyDown: (event: KeyboardEvent<HTMLTextAreaElement>) => boolean;
  list: ReactNode;
}

/** What stands between a sign and the caret: what is looked for, or `null`. */
export type Asked = (text: string, caret: number) => string | null;

interface ListOptions<T> {
  /** What fits. */
  found: readonly T[];
  idOf: (one: T) => string;
  label: string;
  /** Puts it in the field, in the place of what was looked for. */
  take: (one: T) => void;
  show: (one: T) => ReactNode;
  className?: string;
}

/** What is looked for while somebody writes, and which of what fits is chosen. */
export function useAsked(asked: Asked, enabled: boolean) {
  const [{ wanted, at }, set] = useState<{ wanted: string | null; at: number }>({ wanted: null, at: 0 });
  return {
    enabled,
    wanted: enabled ? wanted : null,
    at,
    choose: (next: number) => set({ wanted, at: next }),
    look: (field: HTMLTextAreaElement) => {
      const next = field.selectionStart === field.selectionEnd ? asked(field.value, field.selectionStart) : null;
      set((present) => (present.wanted === next ? present : { wanted: next, at: 0 }));
    },
    close: () => set({ wanted: null, at: 0 }),
  };
}

/** A list below a field that keeps the focus. Arrows choose, Enter or Tab takes, Escape leaves it. */
export function useSuggestions<T>({ enabled, at, choose, look, close }: ReturnType<typeof useAsked>, { found, idOf, label, take, show, className }: ListOptions<T>): Suggestions {
  const id = useId();
  const present = Math.min(at, found.length - 1);
  const chosen = found[present];
  const option = (one: T) => `${id}-${idOf(one)}`;
  function put(one: T) {
    take(one);
    close();
  }
  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): boolean {
    if (!chosen || event.nativeEvent.isComposing || event.ctrlKey || event.metaKey) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      choose((present + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length);
    } else if (event.key === "Enter" || event.key === "Tab") {
      put(chosen);
    } else if (event.key === "Escape") {
      close();
    } else return false;
    event.preventDefault();
    return true;
  }
  return {
    attributes: enabled ? { "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-controls": chosen ? id : undefined, "aria-activedescendant": chosen ? option(chosen) : undefined } : {},
    look,
    close,
    onKeyDown,
    list: chosen && (
      <ul id={id} role="listbox" aria-label={label} className={cn("rounded-lg border bg-raised p-1 shadow-pop", className)}>
        {found.map((one) => (
          <li
            key={idOf(one)}
            id={option(one)}
            role="option"
            aria-selected={one === chosen}
            className={cn("flex min-h-8 cursor-default items-center gap-2.5 rounded px-2 text-sm max-sm:min-h-11", one === chosen && "bg-accent text-accent-foreground")}
            // The field must keep the focus, and with it the caret.
            onPointerDown={(event) => {
              event.preventDefault();
              put(one);
            }}
          >
            {show(one)}
          </li>
        ))}
      </ul>
    ),
  };
}
