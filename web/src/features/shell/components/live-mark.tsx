import { useTranslation } from "react-i18next";
import { Tooltip } from "@/components/ui/tooltip";
import { cn } from "@/lib/cn";
import { useOnline } from "@/lib/use-online";
import { useLive } from "@/live/hub";

/** Whether what is on screen follows the server by itself. */
export function LiveMark() {
  const { t } = useTranslation();
  // A stream that the network left behind may look open for a while.
  const online = useOnline();
  const connected = useLive((state) => state.connected) && online;
  const text = t(connected ? "shell.live" : "shell.notLive");
  return (
    <Tooltip text={text}>
      <button type="button" aria-label={text} className="grid size-8 place-items-center rounded-md" data-live={connected}>
        <span aria-hidden className={cn("size-2 rounded-full", connected ? "bg-success" : "bg-warning")} />
      </button>
    </Tooltip>
  );
}
