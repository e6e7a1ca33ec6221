import { Bell as BellIcon } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Button } from "@/components/ui/button";
import { OWN_NEWS } from "@/features/shell/navigation";
import { useFormat } from "@/lib/use-format";
import { useUnread } from "./unread";

/** Where counting ends. */
const MOST = 100;

/** The way to the notification centre, with how much is unread there. */
export function Bell() {
  const { t } = useTranslation();
  const format = useFormat();
  const { data: unread = 0 } = useUnread();
  const shown = unread >= MOST ? `${format.number(MOST - 1)}+` : format.number(unread);
  return (
    <Button asChild variant="ghost" size="icon" className="relative">
      <Link to={OWN_NEWS} aria-label={unread > 0 ? t("shell.unread", { n: shown }) : t("nav.notifications")}>
        <BellIcon aria-hidden />
        {unread > 0 && (
          <span aria-hidden className="absolute end-0 top-0 min-w-4 rounded-full bg-primary px-1 text-center text-[0.625rem] leading-4 font-medium text-primary-foreground tabular">
            {shown}
          </span>
        )}
      </Link>
    </Button>
  );
}
