import { useTranslation } from "react-i18next";
import type { OwnSession } from "@/api/types";
import { useEndSessions, useSessions } from "../data/own";
import { EndAll, SessionTable } from "./session-table";

const NONE: OwnSession[] = [];

/** Where one is signed in. */
export function Sessions() {
  const { t } = useTranslation();
  const sessions = useSessions();
  const { mutateAsync: end } = useEndSessions();
  const rows = sessions.data?.items ?? NONE;
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <p className="min-w-0 grow basis-60 text-sm text-muted-foreground">{t("ownSession.text")}</p>
        {rows.some((item) => !item.current) && (
          <EndAll label={t("ownSession.endOthers")} title={t("ownSession.endOthersTitle")} text={t("ownSession.endOthersText")} done={t("ownSession.othersEnded")} end={end} />
        )}
      </div>
      <SessionTable name="own-sessions" label={t("ownSession.title")} rows={rows} query={sessions} expected={3} end={end} />
    </div>
  );
}
