import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { toast } from "@/components/ui/toast";
import { onLive } from "@/live/hub";

/** Says at once that a reminder is due, wherever in the application its owner is. */
export function useReminderNews(): void {
  const { t } = useTranslation();
  const navigate = useNavigate();
  useEffect(
    () =>
      onLive(({ type, data }) => {
        if (type !== "reminder.due") return;
        const { number, ticket_id } = (data ?? {}) as { number?: number; ticket_id?: string };
        toast({
          tone: "success",
          title: t("reminderNews.due", { number }),
          link: { label: t("reminderNews.open"), open: () => void navigate(`/desk/tickets/${ticket_id}`) },
        });
      }),
    [t, navigate],
  );
}
