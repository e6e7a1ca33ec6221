import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, callAs } from "@/api/client";
import type { Ticket, TicketPrint } from "@/api/types";
import { download } from "@/components/download";
import { toast } from "@/components/ui/toast";
import { TIME_ZONE } from "@/lib/format";
import { onLive } from "@/live/hub";

/** News come live; should they not, it is asked again. */
const POLL_MS = 2000;
const isWorking = ({ state }: TicketPrint) => state === "queued" || state === "running";

/** Ends with the next news of this document, or after a while. */
function news(id: string): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      stop();
      resolve();
    };
    const timer = setTimeout(end, POLL_MS);
    const stop = onLive(({ subject }) => {
      if (subject?.type === "ticket_print" && subject.id === id) end();
    });
  });
}

/**
 * Has a ticket printed and saves the file, also when its page was left meanwhile. Asked for again after a reload, it goes on: the same
 * ticket is the same file.
 */
export function usePrintTicket(ticket: Ticket) {
  const { t, i18n } = useTranslation();
  // Not what is rendered: it may be asked for again before the page has noticed the first time.
  const working = useRef(false);
  const [state, setState] = useState<TicketPrint["state"] | null>(null);
  const print = useMutation({
    mutationFn: async (notes: boolean) => {
      const path = { id: ticket.id };
      const locale = i18n.language as "fr" | "en" | "ar";
      let made = await callAs<TicketPrint>(api.POST("/api/v1/tickets/{id}/prints", { params: { path }, body: { notes, locale, zone: TIME_ZONE } }));
      while (isWorking(made)) {
        setState(made.state);
        await news(made.id);
        made = await callAs<TicketPrint>(api.GET("/api/v1/tickets/{id}/prints/{print_id}", { params: { path: { ...path, print_id: made.id } } }));
      }
      if (made.state === "ready") await download(`/api/v1/tickets/${ticket.id}/prints/${made.id}/file`, `ticket-${ticket.number}.pdf`);
      return made;
    },
    onSuccess: (made) => {
      if (made.state === "ready") {
        toast({ tone: "success", title: t("print.ready"), detail: made.left_out > 0 ? t("print.leftOut", { count: made.left_out }) : undefined });
      } else toast({ tone: "error", title: t("print.failed"), detail: t("print.failedText") });
    },
    onSettled: () => {
      working.current = false;
      setState(null);
    },
  });
  const start = (notes: boolean) => {
    if (working.current) return;
    working.current = true;
    print.mutate(notes);
  };
  return { start, busy: print.isPending, state };
}
