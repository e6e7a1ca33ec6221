import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { toast } from "@/components/ui/toast";
import { onLive } from "@/live/hub";

/** Says at once that a colleague has mentioned the reader, wherever in the application he is. */
export function useMentionNews(): void {
  const { t } = useTranslation();
  const navigate = useNavigate();
  useEffect(
    () =>
      onLive(({ type, subject, data }) => {
        if (type !== "customer.mentioned" || !subject) return;
        const { by } = (data ?? {}) as { by?: string };
        toast({
          tone: "success",
          title: t("mention.told", { name: by }),
          link: { label: t("mention.open"), open: () => void navigate(`/desk/customers/${subject.id}?tab=notes`) },
        });
      }),
    [t, navigate],
  );
}
