import { Eye } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { TimelineMessage } from "@/api/types";
import { Time } from "@/components/time";

/** Who of the customer's people looked at an answer in the portal, and when first. */
export function ViewList({ views }: Pick<TimelineMessage, "views">) {
  const { t } = useTranslation();
  return (
    <ul aria-label={t("ticket.views")} className="grid gap-1 border-t pt-2.5 text-xs text-muted-foreground">
      {views.map(({ id, name, at }) => (
        <li key={id} className="flex min-w-0 flex-wrap items-center gap-x-1.5">
          <Eye aria-hidden className="size-3.5 shrink-0 text-success" />
          {t("ticket.viewedBy")} <bdi className="min-w-0 wrap-anywhere">{name}</bdi> <Time at={at} />
        </li>
      ))}
    </ul>
  );
}
