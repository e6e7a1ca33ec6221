import { useState } from "react";
import { useTranslation } from "react-i18next";
import { explain } from "@/api/problem";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/input";
import { LINK_KINDS, useLinkTicket, type ChosenKind } from "../data/relations";
import { TicketPicker } from "./ticket-picker";

/** Says what another ticket is to this one. */
export function LinkDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const link = useLinkTicket(id);
  const [kind, setKind] = useState<ChosenKind>("related");
  const [other, setOther] = useState<string | null>(null);
  const refusal = link.error ? explain(t, link.error) : null;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("relation.linkTitle")}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button variant="primary" busy={link.isPending} disabled={other === null} onClick={() => other !== null && link.mutate({ other, kind }, { onSuccess: onClose })}>
            {t("relation.link")}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <Field label={t("relation.kind")}>
          {(control) => (
            <Select {...control} value={kind} onChange={(event) => setKind(event.target.value as ChosenKind)}>
              {LINK_KINDS.map((each) => (
                <option key={each} value={each}>
                  {t(`linkKind.${each}`)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <TicketPicker label={t("relation.other")} value={other} onChange={setOther} without={id} closed />
        {refusal && (
          <Alert tone="danger" title={refusal.title}>
            {refusal.action}
          </Alert>
        )}
      </div>
    </Dialog>
  );
}
