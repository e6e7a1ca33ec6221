import type { TFunction } from "i18next";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { toast } from "@/components/ui/toast";
import { onLive } from "@/live/hub";
import type { LiveEvent } from "@/live/sse";

/** What is said of an event: a sentence, and where its link leads; null when there is nothing to lead to. */
type Say = (event: LiveEvent, t: TFunction) => { title: string; link: string; to: string } | null;

/** Tells of one kind of event at once, wherever in the application the reader is. */
function useNews(type: string, say: Say): void {
  const { t } = useTranslation();
  const navigate = useNavigate();
  useEffect(
    () =>
      onLive((event) => {
        const news = event.type === type ? say(event, t) : null;
        if (!news) return;
        toast({ tone: "success", title: news.title, link: { label: news.link, open: () => void navigate(news.to) } });
      }),
    [type, say, t, navigate],
  );
}

const mention: Say = ({ data }, t) => {
  const { by, path } = (data ?? {}) as { by?: string; path?: string };
  return path ? { title: t("mention.told", { name: by }), link: t("mention.open"), to: path } : null;
};

const reminder: Say = ({ data }, t) => {
  const { number, ticket_id } = (data ?? {}) as { number?: number; ticket_id?: string };
  return ticket_id ? { title: t("reminderNews.due", { number }), link: t("reminderNews.open"), to: `/desk/tickets/${ticket_id}` } : null;
};

/** Says that a colleague has mentioned the reader, or that a reminder of his is due. */
export function useOwnNews(): void {
  useNews("mention.made", mention);
  useNews("reminder.due", reminder);
}
