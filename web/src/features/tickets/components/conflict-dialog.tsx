import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";

interface ConflictDialogProps {
  open: boolean;
  busy: boolean;
  onLook: () => void;
  onSendAnyway: () => void;
}

/** Somebody answered or changed the ticket while this message was written: nothing is sent over their heads. */
export function ConflictDialog({ open, busy, onLook, onSendAnyway }: ConflictDialogProps) {
  const { t } = useTranslation();
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onLook()}
      title={t("conflict.title")}
      description={t("conflict.text")}
      footer={
        <>
          <Button onClick={onSendAnyway} busy={busy}>
            {t("conflict.send")}
          </Button>
          <Button variant="primary" data-autofocus onClick={onLook}>
            {t("conflict.look")}
          </Button>
        </>
      }
    >
      <p className="text-sm">{t("conflict.kept")}</p>
    </Dialog>
  );
}
