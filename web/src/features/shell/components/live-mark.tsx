import { useTranslation } from "react-i18next";
import { Tooltip } from "@/components/ui/tooltip";
import { useLive } from "@/live/hub";
import { cn } from "@/lib/cn";

/** Whether what is on screen follows the server by itself. */
export function LiveMark() {
  const { t } = useTranslation();
  const connected = useLive((state) => state.connected);
  const text = t(connected ? "shell.live" : "shell.notLive");
  return (
    <Tooltip text={text}>
      <button type="button" aria-label={text} className="grid size-8 place-items-center rounded-md" data-live={connected}>
        <span aria-hidden className={cn("size-2 rounded-full", connected ? "bg-success" : "bg-warning")} />
      </button>
    </Tooltip>
  );
}
