import { useTranslation } from "react-i18next";
import { z } from "zod";
import type { GroupMember } from "@/api/types";
import { CheckField, TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { toast } from "@/components/ui/toast";
import { wordsOf } from "@/lib/words";
import { useSetWorkload } from "./data";

const schema = z.object({
  away: z.boolean(),
  capacity: z.string().refine((text) => text.trim() === "" || (Number.isInteger(Number(text)) && Number(text) >= 1 && Number(text) <= 1000), "field.out_of_range"),
  skills: z.string(),
});

/** How much an agent takes in all his groups, and what he knows. */
export function WorkloadDialog({ member, onClose }: { member: GroupMember; onClose: () => void }) {
  const { t } = useTranslation();
  const save = useSetWorkload(member.id);
  const form = useAppForm({
    schema,
    values: { away: member.away, capacity: member.capacity === null ? "" : String(member.capacity), skills: member.skills.join(", ") },
    // What changes elsewhere shows at once, where nothing was typed; there is nothing that would be read again.
    present: { version: 0, reload: () => Promise.resolve(undefined) },
    // He says himself when he goes and comes: what was not touched here leaves his word alone.
    save: ({ away, capacity, skills }) => save.mutateAsync({ away: away === member.away ? undefined : away, capacity: capacity.trim() === "" ? null : Number(capacity), skills: wordsOf(skills) }),
    onSaved: () => {
      toast({ tone: "success", title: t("groupAdmin.workloadSaved") });
      onClose();
    },
  });
  return (
    <FormDialog form={form} title={t("groupAdmin.workloadOf", { name: member.name })} confirm={t("common.save")} onClose={onClose}>
      <TextField form={form} name="capacity" label={t("groupAdmin.capacity")} hint={t("groupAdmin.capacityHint")} inputMode="numeric" dir="ltr" autoComplete="off" />
      <TextField form={form} name="skills" label={t("groupAdmin.skills")} hint={t("groupAdmin.skillsHint")} autoComplete="off" />
      <CheckField form={form} name="away" label={t("groupAdmin.away")} hint={t("groupAdmin.awayHint")} />
    </FormDialog>
  );
}
