import { Bookmark, BookmarkPlus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { z } from "zod";
import { TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { cn } from "@/lib/cn";
import { useSavedViews } from "@/lib/saved-views";
import type { UrlFilter } from "@/lib/url-filter";
import { useFormat } from "@/lib/use-format";

interface ViewsProps<F> {
  /** Names the list among those whose views are kept. */
  name: string;
  list: UrlFilter<F>;
  /** The views that everybody has; the first shows all. */
  views: { name: string; filter: Partial<F>; count?: number }[];
}

/** Filters with a name, each a plain link with its count: those everybody has, then one's own. */
export function Views<F>({ name, list, views }: ViewsProps<F>) {
  const { t } = useTranslation();
  const format = useFormat();
  const saved = useSavedViews(name);
  const all = [
    ...views.map((view) => ({ name: view.name, query: list.queryOf(view.filter), count: view.count, own: false })),
    ...saved.views.map((view) => ({ ...view, count: undefined, own: true })),
  ];
  const present = all.findLast((view) => view.query === list.query);
  return (
    <nav aria-label={t("list.views")} className="-mb-1 flex items-start gap-1">
      <ul className="flex min-w-0 gap-1 overflow-x-auto p-0.5 pb-1">
        {all.map((view) => (
          <li key={`${view.own}.${view.name}`}>
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
      {!present && <SaveView taken={saved.views.map((view) => view.name)} onSave={(given) => saved.save({ name: given, query: list.query })} />}
      {present?.own && (
        <Button
          variant="ghost"
          size="icon"
          aria-label={t("list.deleteView", { name: present.name })}
          onClick={() => {
            saved.remove(present.name);
            const { name: gone, query } = present;
            toast({ tone: "success", title: t("list.viewDeleted", { name: gone }), undo: () => saved.save({ name: gone, query }) });
          }}
        >
          <Trash2 aria-hidden />
        </Button>
      )}
    </nav>
  );
}

function SaveView({ taken, onSave }: { taken: string[]; onSave: (name: string) => void }) {
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

const schema = z.object({ name: z.string().trim().min(1, "field.empty").max(40, "field.too_long") });

function SaveViewDialog({ taken, onSave, onClose }: { taken: string[]; onSave: (name: string) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const form = useAppForm({
    schema,
    values: { name: "" },
    save: async ({ name }) => onSave(name),
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
