import { CloudOff, History, WifiOff } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "@/api/session";
import { Button } from "@/components/ui/button";
import { useOnline } from "@/lib/use-online";
import { useLive } from "@/live/hub";
import { useOutOfDate } from "@/live/out-of-date";

/** A short break mends itself before anybody has to know. */
const PATIENCE_MS = 5_000;

/** Whether the stream of changes has been down for longer than a moment. */
function useCutOff(): boolean {
  const connected = useLive((state) => state.connected);
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (connected) return;
    const timer = setTimeout(() => setLasting(true), PATIENCE_MS);
    return () => {
      clearTimeout(timer);
      setLasting(false);
    };
  }, [connected]);
  return lasting && !connected;
}

/** Says that what is on screen may be old: the device is offline, the server does not answer, or a part could not be read again. */
export function OfflineBanner() {
  const { t } = useTranslation();
  const online = useOnline();
  // Whoever is let in nowhere yet is not told of changes, though the server answers.
  const barred = useSession((state) => state.barrier !== null);
  const cutOff = useCutOff() && !barred;
  const { old, readAgain } = useOutOfDate();
  const trouble = !online ? "offline" : cutOff ? "cutOff" : old ? "outOfDate" : null;
  const Icon = trouble === "offline" ? WifiOff : trouble === "cutOff" ? CloudOff : History;
  return (
    <div role="status" className="sticky top-12 z-20">
      {trouble && (
        <div className="flex flex-wrap items-center gap-2 border-b bg-warning-soft px-4 py-2 text-sm text-warning sm:px-6">
          <Icon aria-hidden className="size-4 shrink-0" />
          <p>{t(`shell.${trouble}`)}</p>
          {trouble === "outOfDate" && (
            <Button size="sm" onClick={readAgain}>
              {t("common.retry")}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
