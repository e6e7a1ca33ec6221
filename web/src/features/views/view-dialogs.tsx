import { ArrowDown, ArrowUp } from "lucide-react";
import { useId, useState } from "react";
import { useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { SelectField, TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { toastError } from "@/components/toast-error";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Dialog } from "@/components/ui/dialog";
import { toast } from "@/components/ui/toast";
import { named } from "@/lib/choices";
import { moved, SHARED_LISTS, shownAnew, type SavedView, type SavedViews, type ViewAudience, type ViewedList } from "@/lib/saved-views";
import { useAllowed } from "@/lib/use-allowed";
import { useGroups } from "@/lib/use-groups";

const schema = z
  .object({
    name: z.string().trim().min(1, "field.empty").max(60, "field.too_long"),
    audience: z.enum(["own", "group", "staff"]),
    group_id: z.string(),
  })
  .refine(({ audience, group_id }) => audience !== "group" || group_id !== "", { path: ["group_id"], message: "field.empty" });

/** Names a view of one's own anew, and says who else sees it. */
export function ViewDialog({ list, kept, view, onClose }: { list: ViewedList; kept: SavedViews; view: SavedView; onClose: () => void }) {
  const { t } = useTranslation();
  const manages = useAllowed("groups.edit");
  const seenWith = SHARED_LISTS[list];
  const shares = useAllowed(...(seenWith ? [seenWith] : []));
  // To all staff those show one who manage groups. What it is shown to already stays a choice, and to nobody one may always show it.
  const offered = (["own", "group", "staff"] satisfies ViewAudience[]).filter((each) => each === "own" || each === view.audience || (shares && (each === "group" || manages)));
  const groups = useGroups(offered.includes("group"));
  const form = useAppForm({
    schema,
    values: { name: view.name, audience: view.audience, group_id: view.group?.id ?? "" },
    present: { version: view.version, reload: async () => (await kept.views.refetch()).data?.find(({ id }) => id === view.id) },
    save: ({ name, audience, group_id }, { version }) => kept.change.mutateAsync({ id: view.id, version, name, ...shownAnew(view, audience, group_id) }),
    onSaved: ({ name }) => {
      toast({ tone: "success", title: t("views.saved", { name }) });
      onClose();
    },
    guard: false,
  });
  const audience = useWatch({ control: form.control, name: "audience" });
  return (
    <FormDialog form={form} title={t("list.editView")} confirm={t("common.save")} onClose={onClose}>
      <TextField form={form} name="name" label={t("list.viewName")} required data-autofocus />
      {offered.length > 1 && (
        <SelectField form={form} name="audience" label={t("views.audience")} hint={t(`views.hint.${audience}`)} options={offered.map((value) => ({ value, label: t(`views.to.${value}`) }))} />
      )}
      {audience === "group" && (
        <SelectField form={form} name="group_id" label={t("views.group")} required options={[{ value: "", label: t("views.chooseGroup") }, ...(named(groups) ?? (view.group ? named([view.group])! : []))]} />
      )}
    </FormDialog>
  );
}

/** Has the views stand in another order, and says with which one the list opens. */
export function ArrangeDialog({ kept, onClose }: { kept: SavedViews; onClose: () => void }) {
  const { t } = useTranslation();
  const { views, arrange } = kept;
  const known = views.data ?? [];
  const [places, setPlaces] = useState(() => known.map(({ id }) => id));
  const [opening, setOpening] = useState(() => known.find((view) => view.opening)?.id ?? "");
  const group = useId();
  const shown = places.flatMap((id) => known.find((view) => view.id === id) ?? []);
  function save() {
    const wanted = { places, opening: shown.some(({ id }) => id === opening) ? opening : null };
    arrange.mutate(wanted, {
      onSuccess: () => {
        toast({ tone: "success", title: t("views.arranged") });
        onClose();
      },
      onError: toastError,
    });
  }
  const opens = (id: string, label: string) => (
    <label className="flex min-h-8 min-w-0 flex-1 items-center gap-2.5 text-sm max-sm:min-h-10">
      <input type="radio" name={group} className="size-4 shrink-0 accent-primary" checked={opening === id} onChange={() => setOpening(id)} />
      <bdi className="min-w-0 break-words">{label}</bdi>
    </label>
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("list.arrangeViews")}
      description={t("views.arrangeText")}
      className="max-w-md"
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button variant="primary" busy={arrange.isPending} onClick={save}>
            {t("common.save")}
          </Button>
        </>
      }
    >
      <fieldset className="grid gap-1">
        <legend className="mb-1 text-sm font-medium">{t("views.opensWith")}</legend>
        {opens("", t("views.all"))}
        <ol aria-label={t("views.order")} className="grid gap-1">
          {shown.map((view, at) => (
            <li key={view.id} className="flex items-center gap-1">
              {opens(view.id, view.name)}
              {/* Not disabled at the end of its way: the focus would be lost. */}
              <Button variant="ghost" size="icon" aria-disabled={at === 0} aria-label={t("views.up", { name: view.name })} onClick={() => setPlaces(moved(places, view.id, -1))}>
                <ArrowUp aria-hidden />
              </Button>
              <Button variant="ghost" size="icon" aria-disabled={at === shown.length - 1} aria-label={t("views.down", { name: view.name })} onClick={() => setPlaces(moved(places, view.id, 1))}>
                <ArrowDown aria-hidden />
              </Button>
            </li>
          ))}
        </ol>
      </fieldset>
    </Dialog>
  );
}

/** Takes away a view that somebody else shows, for all who see it. */
export function WithdrawDialog({ kept, view, onClose }: { kept: SavedViews; view: SavedView; onClose: () => void }) {
  const { t } = useTranslation();
  const { remove } = kept;
  return (
    <ConfirmDialog
      open
      danger
      title={t("views.withdraw", { name: view.name })}
      description={t("views.withdrawText", { name: view.owner.name })}
      confirm={t("list.withdrawView")}
      busy={remove.isPending}
      error={remove.error}
      onCancel={onClose}
      onConfirm={() =>
        remove.mutate(view.id, {
          onSuccess: () => {
            toast({ tone: "success", title: t("list.viewDeleted", { name: view.name }) });
            onClose();
          },
        })
      }
    />
  );
}
