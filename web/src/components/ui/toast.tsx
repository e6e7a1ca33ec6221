import { CircleAlert, CircleCheck, X } from "lucide-react";
import { Toast as Radix } from "radix-ui";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { create } from "zustand";
import { useDirection } from "@/lib/use-direction";
import { typing } from "@/lib/use-shortcuts";
import { Mono } from "../mono";
import { Button } from "./button";
import { Kbd } from "./kbd";

interface Message {
  id: number;
  tone: "success" | "error";
  title: string;
  detail?: string;
  requestId?: string | null;
  /** Takes back what the message tells of: by its button, or Ctrl+Z while it is on screen. */
  undo?: () => void;
  /** Leads to what the message tells of. */
  link?: { label: string; open: () => void };
}

const SHOWN_MS = { success: 5_000, error: 12_000, undo: 8_000, link: 12_000 };

const useToasts = create<{ list: Message[] }>(() => ({ list: [] }));
let last = 0;

/** Shows a short message; errors stay longer. */
export function toast(message: Omit<Message, "id">): void {
  last += 1;
  const id = last;
  useToasts.setState(({ list }) => ({ list: [...list.slice(-3), { ...message, id }] }));
}

function drop(id: number) {
  useToasts.setState(({ list }) => ({ list: list.filter((each) => each.id !== id) }));
}

function undo({ id, undo: act }: Message) {
  drop(id);
  act?.();
}

/** Ctrl+Z takes back the latest change that still offers it; in a field it stays the field's own. */
function useUndoKey() {
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || typing(event.target)) return;
      const latest = useToasts.getState().list.findLast((message) => message.undo);
      if (!latest) return;
      event.preventDefault();
      undo(latest);
    }
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

export function Toaster() {
  const { t } = useTranslation();
  useUndoKey();
  const list = useToasts((state) => state.list);
  const direction = useDirection();
  return (
    <Radix.Provider swipeDirection={direction === "rtl" ? "left" : "right"} label={t("common.notification")}>
      {list.map((message) => (
        <Radix.Root
          key={message.id}
          duration={SHOWN_MS[message.link ? "link" : message.undo ? "undo" : message.tone]}
          type={message.tone === "error" ? "foreground" : "background"}
          onOpenChange={(open) => !open && drop(message.id)}
          className="flex items-start gap-2.5 rounded-lg border bg-raised p-3 shadow-pop data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=open]:slide-in-from-bottom-2"
        >
          {message.tone === "error" ? (
            <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-danger" />
          ) : (
            <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-success" />
          )}
          <div className="min-w-0 flex-1 text-sm">
            <Radix.Title className="font-medium">{message.title}</Radix.Title>
            {message.detail && <Radix.Description className="text-muted-foreground">{message.detail}</Radix.Description>}
            {message.requestId && (
              <p className="mt-1 text-xs text-muted-foreground">
                {t("common.requestId")} <Mono className="select-all">{message.requestId}</Mono>
              </p>
            )}
          </div>
          {message.undo && (
            <Radix.Action asChild altText={t("common.undoHint")} onClick={() => undo(message)}>
              <Button size="sm" className="-my-0.5">
                {t("common.undo")}
                <span aria-hidden className="max-sm:hidden">
                  <Kbd>Ctrl Z</Kbd>
                </span>
              </Button>
            </Radix.Action>
          )}
          {message.link && (
            <Radix.Action asChild altText={message.link.label} onClick={message.link.open}>
              <Button size="sm" className="-my-0.5">
                {message.link.label}
              </Button>
            </Radix.Action>
          )}
          <Radix.Close asChild>
            <Button variant="ghost" size="icon-sm" aria-label={t("common.close")}>
              <X aria-hidden />
            </Button>
          </Radix.Close>
        </Radix.Root>
      ))}
      <Radix.Viewport
        label={t("common.notifications")}
        className="fixed end-0 bottom-0 z-60 m-0 flex w-104 max-w-full list-none flex-col gap-2 p-4 outline-none"
      />
    </Radix.Provider>
  );
}
