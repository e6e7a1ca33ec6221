import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { asApiError, explain } from "@/api/problem";
import type { Ticket } from "@/api/types";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog } from "@/components/ui/dialog";
import { toast } from "@/components/ui/toast";
import { useMergeTicket } from "../data/relations";
import { TicketPicker } from "./ticket-picker";

/** Makes this ticket a part of another one. Of one that others see only when somebody says that it is meant. */
export function MergeDialog({ ticket, onClose }: { ticket: Ticket; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const merge = useMergeTicket(ticket);
  const [target, setTarget] = useState<string | null>(null);
  const [meant, setMeant] = useState(false);
  const code = merge.error && asApiError(merge.error).code;
  const others = code === "other_customer" || code === "other_project" ? code : null;
  const refusal = merge.error && !others ? explain(t, merge.error) : null;
  function submit() {
    if (target === null) return;
    merge.mutate(
      { target, confirmed: meant },
      {
        onSuccess: (merged) => {
          onClose();
          toast({ tone: "success", title: t("relation.merged", { number: merged.number }) });
          void navigate(`/desk/tickets/${merged.id}`);
        },
      },
    );
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("relation.mergeTitle", { number: ticket.number })}
      description={t("relation.mergeText")}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button variant="primary" busy={merge.isPending} disabled={target === null || (others !== null && !meant)} onClick={submit}>
            {t("relation.merge")}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <TicketPicker
          label={t("relation.target")}
          value={target}
          onChange={(id) => {
            setTarget(id);
            setMeant(false);
            merge.reset();
          }}
          without={ticket.id}
          suggestion={ticket.requester.email ?? ""}
        />
        {others && (
          <Alert tone="warning" title={t(`problem.${others}.title`)}>
            <p>{t(`problem.${others}.action`)}</p>
            <label className="mt-2 flex min-h-8 items-center gap-2.5">
              <Checkbox checked={meant} onCheckedChange={(on) => setMeant(on === true)} />
              {t("relation.meant")}
            </label>
          </Alert>
        )}
        {refusal && (
          <Alert tone="danger" title={refusal.title}>
            {refusal.action}
          </Alert>
        )}
      </div>
    </Dialog>
  );
}
