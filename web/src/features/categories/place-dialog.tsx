import { useTranslation } from "react-i18next";
import { z } from "zod";
import { SelectField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { toast } from "@/components/ui/toast";
import type { PlacedCategory } from "@/lib/use-categories";
import { useMoveCategory } from "./data";

const schema = z.object({ parent_id: z.string() });

/** Puts a category, with all below it, below another one. */
export function PlaceDialog({ category, all, onClose }: { category: PlacedCategory; all: readonly PlacedCategory[]; onClose: () => void }) {
  const { t } = useTranslation();
  const move = useMoveCategory();
  const form = useAppForm({
    schema,
    values: { parent_id: category.parent_id ?? "" },
    save: ({ parent_id }) => {
      const siblings = all.filter((one) => (one.parent_id ?? "") === parent_id && one.id !== category.id);
      return move.mutateAsync({ category, parent_id: parent_id || null, position: siblings.length });
    },
    onSaved: () => {
      toast({ tone: "success", title: t("categoryAdmin.moved", { name: category.name }) });
      onClose();
    },
  });
  // Below itself there is no place; the server says no as well.
  const within = (one: PlacedCategory): boolean => one.id === category.id || all.some((above) => above.id === one.parent_id && within(above));
  const places = all.filter((one) => one.active && !within(one)).map(({ id, path }) => ({ value: id, label: path }));
  return (
    <FormDialog form={form} title={t("categoryAdmin.moveTitle", { name: category.name })} confirm={t("categoryAdmin.move")} onClose={onClose}>
      <SelectField form={form} name="parent_id" label={t("categoryAdmin.parent")} options={[{ value: "", label: t("categoryAdmin.top") }, ...places]} />
    </FormDialog>
  );
}
