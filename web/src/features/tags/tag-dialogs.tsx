import { useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import type { Tag as TagRow, TagStatistics } from "@/api/types";
import { CheckField, SelectField, TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { Tag, TAG_COLOURS } from "@/components/tag";
import { toast } from "@/components/ui/toast";
import { after, named } from "@/lib/choices";
import { useTags } from "@/lib/use-tags";
import { tagSchema, useMergeTag, useSaveTag, type TagForm } from "./data";

/** Reads the tag again after somebody else was quicker; nothing when it is gone. */
type Reload = () => Promise<TagRow | undefined>;

/** A new tag, or another word, colour or standing of one. */
export function TagDialog({ tag, reload = () => Promise.resolve(undefined), onClose }: { tag?: TagRow; reload?: Reload; onClose: () => void }) {
  const { t } = useTranslation();
  const save = useSaveTag(tag?.id);
  const form = useAppForm<TagForm, TagRow>({
    schema: tagSchema,
    values: { name: tag?.name ?? "", colour: tag?.colour ?? "grey", retired: tag?.retired ?? false },
    present: tag && { version: tag.version, reload },
    save: (body, sending) => save.mutateAsync({ body, ...sending }),
    onSaved: ({ moving_to }) => {
      toast({ tone: "success", title: moving_to ? t("tagAdmin.renaming", { name: moving_to }) : t("tagAdmin.saved") });
      onClose();
    },
  });
  const [name, colour] = useWatch({ control: form.control, name: ["name", "colour"] });
  return (
    <FormDialog form={form} title={t(tag ? "tagAdmin.edit" : "tagAdmin.new")} description={tag && t("tagAdmin.editText")} confirm={t("common.save")} onClose={onClose}>
      <TextField form={form} name="name" label={t("tagAdmin.name")} hint={t("tagAdmin.nameHint")} required autoComplete="off" />
      <SelectField form={form} name="colour" label={t("tagAdmin.colour")} options={TAG_COLOURS.map((value) => ({ value, label: t(`tagColour.${value}`) }))} />
      <p>
        <Tag name={name.trim() || t("tagAdmin.name")} colour={colour} />
      </p>
      {tag && <CheckField form={form} name="retired" label={t("tagAdmin.retired")} hint={t("tagAdmin.retiredHint")} />}
    </FormDialog>
  );
}

/** Makes one tag of two. */
export function MergeTagDialog({ row: { tag, tickets }, reload, onClose }: { row: TagStatistics; reload: Reload; onClose: () => void }) {
  const { t } = useTranslation();
  const merge = useMergeTag(tag.id);
  const others = useTags()?.filter(({ id, moving_to }) => id !== tag.id && moving_to === null);
  const form = useAppForm({
    schema: z.object({ into: z.string().min(1, "field.empty") }),
    values: { into: "" },
    present: { version: tag.version, reload },
    save: ({ into }, sending) => merge.mutateAsync({ into, ...sending }),
    onSaved: (_, { into }) => {
      toast({ tone: "success", title: t("tagAdmin.merging", { name: others?.find(({ id }) => id === into)?.name ?? "" }) });
      onClose();
    },
    guard: false,
  });
  return (
    <FormDialog form={form} title={t("tagAdmin.mergeTitle", { name: tag.name })} description={t("tagAdmin.mergeText", { count: tickets })} confirm={t("tagAdmin.merge")} onClose={onClose}>
      <SelectField form={form} name="into" label={t("tagAdmin.into")} required options={after({ value: "", label: t("tagAdmin.choose") }, named(others))} />
    </FormDialog>
  );
}
