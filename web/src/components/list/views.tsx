import { Bookmark, BookmarkPlus, MoreHorizontal, RotateCw, Star, Trash2, Users } from "lucide-react";
import { useState } from "react";
import { useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { z } from "zod";
import { TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { lazyDialog } from "@/components/lazy-dialog";
import { Button } from "@/components/ui/button";
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from "@/components/ui/menu";
import { toastError } from "@/components/toast-error";
import { toast } from "@/components/ui/toast";
import { loadTexts } from "@/i18n";
import { cn } from "@/lib/cn";
import { freeName, useSavedViews, type SavedView, type SavedViews, type ViewedList } from "@/lib/saved-views";
import { useAllowed } from "@/lib/use-allowed";
import type { UrlFilter } from "@/lib/url-filter";
import { useFormat } from "@/lib/use-format";
import { useOpening } from "./use-opening";

interface ViewsProps<F> {
  /** Names the list among those whose views are kept. */
  name: ViewedList;
  list: UrlFilter<F>;
  /** The views that everybody has; the first shows all. */
  views: { name: string; filter: Partial<F>; count?: number }[];
}

const NONE: SavedView[] = [];

// What one does with views now and then; the list itself does not wait for it.
const dialogs = async () => (await Promise.all([import("@/features/views/view-dialogs"), loadTexts("views")]))[0];
const ViewDialog = lazyDialog(async () => (await dialogs()).ViewDialog);
const ArrangeDialog = lazyDialog(async () => (await dialogs()).ArrangeDialog);
const WithdrawDialog = lazyDialog(async () => (await dialogs()).WithdrawDialog);

/** Filters with a name, each a plain link with its count: those everybody has, then one's own and those that colleagues show. */
export function Views<F>({ name, list, views }: ViewsProps<F>) {
  const { t } = useTranslation();
  const format = useFormat();
  const kept = useSavedViews(name);
  const { views: saved, save, remove } = kept;
  const known = saved.data ?? NONE;
  const mine = known.filter(({ own }) => own).map((view) => view.name);
  useOpening(list.query, saved.data);
  const all = [
    ...views.map((view) => ({ id: view.name, name: view.name, query: list.queryOf(view.filter), count: view.count, saved: undefined })),
    ...known.map((view) => ({ id: view.id, name: view.name, query: view.query, count: undefined, saved: view })),
  ];
  const present = all.findLast((view) => view.query === list.query);
  const own = present?.saved?.own ? present.saved : undefined;
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
              {view.saved && <Sign view={view.saved} />}
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
      {!present && saved.data && <SaveView taken={mine} onSave={(given) => save.mutateAsync({ name: given, query: list.query })} />}
      {own && (
        <Button
          variant="ghost"
          size="icon"
          busy={remove.isPending}
          aria-label={t("list.deleteView", { name: own.name })}
          onClick={() => {
            const undo = () => void again(kept, own);
            remove.mutate(own.id, { onSuccess: () => toast({ tone: "success", title: t("list.viewDeleted", { name: own.name }), undo }) });
          }}
        >
          <Trash2 aria-hidden />
        </Button>
      )}
      {known.length > 0 && <ViewMenu key={present?.saved?.id} list={name} kept={kept} present={present?.saved} taken={mine} />}
    </nav>
  );
}

/** Puts a view back that was deleted, shown to whom it was. */
async function again({ save, change }: SavedViews, { name, query, audience, group }: SavedView) {
  try {
    const { id, version } = await save.mutateAsync({ name, query });
    if (audience !== "own") await change.mutateAsync({ id, version, audience, group_id: group?.id });
  } catch (error) {
    toastError(error);
  }
}

/** Whose a view is, and that the list opens with it. */
function Sign({ view }: { view: SavedView }) {
  const { t } = useTranslation();
  const Icon = view.own ? Bookmark : Users;
  return (
    <>
      <Icon aria-hidden className="size-3.5" />
      {view.opening && <Star aria-hidden className="size-3.5" />}
      {view.opening && <span className="sr-only">{t("list.viewOpens")}</span>}
      {!view.own && <span className="sr-only">{t("list.viewOf", { name: view.owner.name })}</span>}
    </>
  );
}

/** What can be done with the view on screen, and with all of them. */
function ViewMenu({ list, kept, present, taken }: { list: ViewedList; kept: SavedViews; present: SavedView | undefined; taken: string[] }) {
  const { t } = useTranslation();
  const [asked, ask] = useState<"edit" | "arrange" | "withdraw" | null>(null);
  const manages = useAllowed("groups.edit");
  const close = () => ask(null);
  function copy({ name, query }: SavedView) {
    const own = freeName(name, taken);
    kept.save.mutate({ name: own, query }, { onSuccess: () => toast({ tone: "success", title: t("list.viewCopied", { name: own }) }), onError: toastError });
  }
  return (
    <>
      <Menu>
        <MenuTrigger asChild>
          <Button variant="ghost" size="icon" aria-label={t("list.viewMenu")}>
            <MoreHorizontal aria-hidden />
          </Button>
        </MenuTrigger>
        <MenuContent align="end">
          {present?.own && <MenuItem onSelect={() => ask("edit")}>{t("list.editView")}</MenuItem>}
          {present && !present.own && <MenuItem onSelect={() => copy(present)}>{t("list.copyView")}</MenuItem>}
          {present && !present.own && manages && (
            <MenuItem danger onSelect={() => ask("withdraw")}>
              {t("list.withdrawView")}
            </MenuItem>
          )}
          {present && <MenuSeparator />}
          <MenuItem onSelect={() => ask("arrange")}>{t("list.arrangeViews")}</MenuItem>
        </MenuContent>
      </Menu>
      {asked === "edit" && present && <ViewDialog list={list} kept={kept} view={present} onClose={close} />}
      {asked === "withdraw" && present && <WithdrawDialog kept={kept} view={present} onClose={close} />}
      {asked === "arrange" && <ArrangeDialog kept={kept} onClose={close} />}
    </>
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
