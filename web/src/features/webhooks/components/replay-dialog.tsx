import { useState } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { SelectField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { useReplayFailed } from "../data/queries";

const SPANS = ["1", "24", "168", "720"] as const;
const schema = z.object({ hours: z.enum(SPANS) });

/** Asks since when what failed is sent again. */
export function ReplayDialog({ id, onClose, onDone }: { id: string; onClose: () => void; onDone: (count: number) => void }) {
  const { t } = useTranslation();
  const replay = useReplayFailed(id);
  // Spans end when it was opened: the same choice is the same work, however late it is sent again.
  const [now] = useState(Date.now);
  const form = useAppForm<z.infer<typeof schema>, { deliveries: number }>({
    schema,
    values: { hours: "24" },
    guard: false,
    save: ({ hours }, { key }) => replay.mutateAsync({ since: new Date(now - Number(hours) * 3_600_000).toISOString(), key }),
    onSaved: ({ deliveries }) => onDone(deliveries),
  });
  return (
    <FormDialog form={form} title={t("sent.replayFailed")} description={t("sent.replayText")} confirm={t("sent.sendAgain")} onClose={onClose}>
      <SelectField form={form} name="hours" label={t("sent.since")} options={SPANS.map((value) => ({ value, label: t(`replaySpan.${value}`) }))} />
    </FormDialog>
  );
}
