import { useTranslation } from "react-i18next";
import { useBlocker } from "react-router";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { leaves, useUnsaved } from "@/lib/use-leave-guard";

/** Asks before a page with unsaved work is left. One for the whole application: the router knows one blocker at a time. */
export function LeaveDialog() {
  const { t } = useTranslation();
  const blocker = useBlocker(({ currentLocation, nextLocation }) => useUnsaved.getState().holders.size > 0 && leaves(currentLocation, nextLocation));
  return (
    <ConfirmDialog
      open={blocker.state === "blocked"}
      title={t("leave.title")}
      description={t("leave.text")}
      confirm={t("leave.leave")}
      cancel={t("leave.stay")}
      danger
      onConfirm={() => blocker.proceed?.()}
      onCancel={() => blocker.reset?.()}
    />
  );
}
