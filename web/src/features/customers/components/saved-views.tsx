import { Bookmark, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useDeleteView, useSaveView, useViews } from "../data/queries";

/** The filters that a person kept: one press shows the list through them again. */
export function SavedViews({ query, onChoose }: { query: string; onChoose: (query: string) => void }) {
  const { t } = useTranslation();
  const views = useViews();
  const save = useSaveView();
  const remove = useDeleteView();
  const [name, setName] = useState<string | null>(null);
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      {(views.data ?? []).map((view) => (
        <span key={view.id} className="inline-flex items-center rounded-full border">
          <button type="button" aria-pressed={view.query === query} className="rounded-full px-2.5 py-0.5 text-sm aria-pressed:font-semibold" onClick={() => onChoose(view.query)}>
            <bdi>{view.name}</bdi>
          </button>
          <Button variant="ghost" size="icon-sm" aria-label={t("customer.forgetView", { name: view.name })} onClick={() => remove.mutate(view.id)}>
            <X aria-hidden />
          </Button>
        </span>
      ))}
      {query !== "" && (
        <Button variant="ghost" onClick={() => setName("")}>
          <Bookmark aria-hidden />
          {t("customer.saveView")}
        </Button>
      )}
      <Dialog open={name !== null} onOpenChange={(open) => !open && setName(null)} title={t("customer.saveView")} className="max-w-sm">
        <form
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (name?.trim()) save.mutate({ name: name.trim(), query }, { onSuccess: () => setName(null) });
          }}
        >
          <Field label={t("customer.viewName")} required>
            {(control) => <Input {...control} data-autofocus dir="auto" maxLength={60} value={name ?? ""} onChange={(event) => setName(event.target.value)} />}
          </Field>
          <div className="flex justify-end gap-2">
            <Button onClick={() => setName(null)}>{t("common.cancel")}</Button>
            <Button type="submit" variant="primary" busy={save.isPending} disabled={!name?.trim()}>
              {t("common.save")}
            </Button>
          </div>
        </form>
      </Dialog>
    </div>
  );
}
