import { useTranslation } from "react-i18next";
import { z } from "zod";
import { SelectField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { toast } from "@/components/ui/toast";
import type { PlacedCategory } from "@/lib/use-categories";
import { useMoveCategory } from "./data";

const schema = z.object({ parent_id: z.string() });

interface PlaceDialogProps {
  category: PlacedCategory;
  all: readonly PlacedCategory[];
  reload: () => Promise<{ version: number } | undefined>;
  onClose: () => void;
}

/** Puts a category, with all below it, below another one. */
export function PlaceDialog({ category, all, reload, onClose }: PlaceDialogProps) {
  const { t } = useTranslation();
  const move = useMoveCategory();
  const form = useAppForm({
    schema,
    values: { parent_id: category.parent_id ?? "" },
    present: { version: category.version, reload },
    save: ({ parent_id }, { version }) => {
      const siblings = all.filter((one) => (one.parent_id ?? "") === parent_id && one.id !== category.id);
      return move.mutateAsync({ category: { id: category.id, version }, parent_id: parent_id || null, position: siblings.length });
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
