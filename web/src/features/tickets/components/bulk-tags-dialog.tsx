import { useTranslation } from "react-i18next";
import { z } from "zod";
import type { BulkChange } from "@/api/types";
import { TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { useFormat } from "@/lib/use-format";
import { tagsOf } from "../data/tags";

interface BulkTagsDialogProps {
  count: number;
  onConfirm: (change: BulkChange) => Promise<unknown>;
  onClose: () => void;
}

/** Adds tags to many tickets and takes others away. */
export function BulkTagsDialog({ count, onConfirm, onClose }: BulkTagsDialogProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const form = useAppForm({
    schema: z
      .object({ add_tags: z.string(), remove_tags: z.string() })
      .refine(({ add_tags, remove_tags }) => tagsOf(add_tags).length + tagsOf(remove_tags).length > 0, { path: ["add_tags"], message: "field.empty" }),
    values: { add_tags: "", remove_tags: "" },
    save: ({ add_tags, remove_tags }) => onConfirm({ add_tags: tagsOf(add_tags), remove_tags: tagsOf(remove_tags) }),
    onSaved: onClose,
    guard: false,
  });
  return (
    <FormDialog form={form} title={t("ticket.tags")} confirm={t("bulk.change", { count, n: format.number(count) })} onClose={onClose}>
      <TextField form={form} name="add_tags" label={t("bulk.addTags")} hint={t("bulk.tagsHint")} autoComplete="off" />
      <TextField form={form} name="remove_tags" label={t("bulk.removeTags")} autoComplete="off" />
    </FormDialog>
  );
}
