import { Bookmark, BookmarkPlus, RotateCw, Trash2 } from "lucide-react";
import { useState } from "react";
import { useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { z } from "zod";
import { TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { Button } from "@/components/ui/button";
import { toastError } from "@/components/toast-error";
import { toast } from "@/components/ui/toast";
import { cn } from "@/lib/cn";
import { useSavedViews, type SavedView, type ViewedList } from "@/lib/saved-views";
import type { UrlFilter } from "@/lib/url-filter";
import { useFormat } from "@/lib/use-format";

interface ViewsProps<F> {
  /** Names the list among those whose views are kept. */
  name: ViewedList;
  list: UrlFilter<F>;
  /** The views that everybody has; the first shows all. */
  views: { name: string; filter: Partial<F>; count?: number }[];
}

const NONE: SavedView[] = [];

/** Filters with a name, each a plain link with its count: those everybody has, then one's own. */
export function Views<F>({ name, list, views }: ViewsProps<F>) {
  const { t } = useTranslation();
  const format = useFormat();
  const { views: saved, save, remove } = useSavedViews(name);
  const own = saved.data ?? NONE;
  const all = [
    ...views.map((view) => ({ id: view.name, name: view.name, query: list.queryOf(view.filter), count: view.count, own: false })),
    ...own.map((view) => ({ ...view, count: undefined, own: true })),
  ];
  const present = all.findLast((view) => view.query === list.query);
  return (
    <nav aria-label={t("list.views")} className="-mb-1 flex items-start gap-1">
      <ul className="flex min-w-0 gap-1 overflow-x-auto p-0.5 pb-1">
        {all.map((view) => (
          <li key={view.id}>
            <Link
              to={{ search: view.query }}
              aria-current={view === present ? "page" : undefined}
              className={cn(
                "flex h-8 items-center gap-1.5 rounded-md px-2.5 text-sm whitespace-nowrap max-sm:h-10",
                view === present ? "bg-accent font-medium text-accent-foreground" : "text-muted-foreground hover:bg-sunken hover:text-foreground dark:hover:bg-raised",
              )}
            >
              {view.own && <Bookmark aria-hidden className="size-3.5" />}
              <bdi>{view.name}</bdi>
              {view.count !== undefined && <span className="tabular text-xs">{format.number(view.count)}</span>}
            </Link>
          </li>
        ))}
      </ul>
      {saved.isError && !saved.data && (
        <Button variant="ghost" className="shrink-0 text-danger" onClick={() => void saved.refetch()}>
          <RotateCw aria-hidden />
          {t("list.viewsFailed")}
        </Button>
      )}
      {!present && saved.data && <SaveView taken={own.map((view) => view.name)} onSave={(given) => save.mutateAsync({ name: given, query: list.query })} />}
      {present?.own && (
        <Button
          variant="ghost"
          size="icon"
          busy={remove.isPending}
          aria-label={t("list.deleteView", { name: present.name })}
          onClick={() => {
            const { id, name: gone, query } = present;
            const undo = () => save.mutate({ name: gone, query }, { onError: toastError });
            remove.mutate(id, { onSuccess: () => toast({ tone: "success", title: t("list.viewDeleted", { name: gone }), undo }) });
          }}
        >
          <Trash2 aria-hidden />
        </Button>
      )}
    </nav>
  );
}

function SaveView({ taken, onSave }: { taken: string[]; onSave: (name: string) => Promise<unknown> }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="ghost" onClick={() => setOpen(true)} className="shrink-0">
        <BookmarkPlus aria-hidden />
        <span className="max-sm:sr-only">{t("list.saveView")}</span>
      </Button>
      {open && <SaveViewDialog taken={taken} onSave={onSave} onClose={() => setOpen(false)} />}
    </>
  );
}

const schema = z.object({ name: z.string().trim().min(1, "field.empty").max(60, "field.too_long") });

function SaveViewDialog({ taken, onSave, onClose }: { taken: string[]; onSave: (name: string) => Promise<unknown>; onClose: () => void }) {
  const { t } = useTranslation();
  const form = useAppForm({
    schema,
    values: { name: "" },
    save: ({ name }) => onSave(name),
    onSaved: onClose,
    guard: false,
  });
  const name = useWatch({ control: form.control, name: "name" });
  return (
    <FormDialog form={form} title={t("list.saveView")} description={t("list.saveViewText")} confirm={t("common.save")} onClose={onClose}>
      <TextField form={form} name="name" label={t("list.viewName")} hint={taken.includes(name.trim()) ? t("list.viewReplaces") : undefined} required data-autofocus />
    </FormDialog>
  );
}
