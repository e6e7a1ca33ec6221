import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { useRef, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { cn } from "@/lib/cn";
import { isNowhere } from "@/lib/use-focus-after";
import { Button } from "./button";

interface DialogProps {
  open: boolean;
  onOpenChange?: (open: boolean) => void;
  /** When it has gone and the focus is back where it was. */
  onClosed?: () => void;
  title: ReactNode;
  /** Said below the title; give one whenever the title alone leaves a question. */
  description?: ReactNode;
  children?: ReactNode;
  footer?: ReactNode;
  /** Cannot be dismissed: the work behind it depends on the answer. */
  modal?: "must-answer";
  side?: "center" | "start";
  hideTitle?: boolean;
  className?: string;
}

const FIELD = ["input:not([type=hidden], [type=file])", "select", "textarea"].map((kind) => `${kind}:not(:disabled)`).join();

export function Dialog({ open, onOpenChange, onClosed, title, description, children, footer, modal, side = "center", hideTitle, className }: DialogProps) {
  const { t } = useTranslation();
  const opener = useRef<HTMLElement | null>(null);
  const keep = (event: Event) => modal && event.preventDefault();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/45 data-[state=open]:animate-in data-[state=open]:fade-in-0" />
        <Radix.Content
          onOpenAutoFocus={(event) => {
            opener.current = openerOf(document.activeElement);
            // Not React's autoFocus: it moves the focus before Radix has noted where to return it.
            const content = event.currentTarget as HTMLElement;
            // What is to be filled in comes before the way out.
            const first = content.querySelector<HTMLElement>("[data-autofocus]") ?? content.querySelector<HTMLElement>(FIELD);
            if (!first) return;
            event.preventDefault();
            first.focus();
          }}
          onCloseAutoFocus={(event) => {
            // Radix gives the focus back to a trigger; these dialogs are opened by state and have none.
            event.preventDefault();
            if (opener.current?.isConnected) opener.current.focus();
            // What it was opened from has gone with what was done; somebody may have found the next place already.
            else if (isNowhere(document.activeElement)) document.getElementById("content")?.focus();
            onClosed?.();
          }}
          onEscapeKeyDown={keep}
          onKeyDown={(event) => {
            // Radix gives the key to what came last, and that may be a message that came unasked. Menus and dialogs within prevent it when they take it.
            if (event.key !== "Escape" || event.defaultPrevented || modal || !event.currentTarget.contains(event.target as Node)) return;
            event.preventDefault();
            onOpenChange?.(false);
          }}
          onPointerDownOutside={keep}
          // Events of React bubble to what it was opened from: a form there is not what is being sent.
          onSubmit={(event) => event.stopPropagation()}
          {...(description ? {} : { "aria-describedby": undefined })}
          className={cn(
            "fixed z-50 flex flex-col border bg-surface shadow-pop outline-none data-[state=open]:animate-in data-[state=open]:fade-in-0",
            side === "center" && "inset-x-3 top-[10dvh] mx-auto max-h-[82dvh] max-w-lg rounded-lg",
            side === "start" && "inset-y-0 start-0 w-72 max-w-[85vw]",
            className,
          )}
        >
          <header className={cn("flex items-start gap-3 px-5 pt-4", hideTitle && "sr-only")}>
            <div className="min-w-0 flex-1">
              <Radix.Title className="text-base font-semibold">{title}</Radix.Title>
              {description && <Radix.Description className="mt-1 text-sm text-muted-foreground">{description}</Radix.Description>}
            </div>
            {!modal && (
              <Radix.Close asChild>
                <Button variant="ghost" size="icon-sm" aria-label={t("common.close")}>
                  <X aria-hidden />
                </Button>
              </Radix.Close>
            )}
          </header>
          {children && <div className={cn("min-h-0 flex-1 overflow-y-auto", !hideTitle && "px-5 pt-4 pb-5")}>{children}</div>}
          {footer && <footer className="flex flex-wrap justify-end gap-2 border-t px-5 py-3">{footer}</footer>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Where the focus belongs afterwards: an item of a menu is gone by then, its menu's button is not. */
function openerOf(element: Element | null): HTMLElement | null {
  const button = element?.closest("[role=menu]")?.getAttribute("aria-labelledby");
  const found = button ? document.getElementById(button) : element;
  return found instanceof HTMLElement ? found : null;
}
