import { ArrowDown, ArrowUp, FolderTree, MoreHorizontal, Plus } from "lucide-react";
import { useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { ErrorState } from "@/components/error-state";
import { Empty } from "@/components/empty";
import { Dotted, Labelled, Listed } from "@/components/labelled";
import { ListSkeleton } from "@/components/list-skeleton";
import { Page } from "@/components/page";
import { toastError } from "@/components/toast-error";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";
import { cn } from "@/lib/cn";
import { useCategoryTree, type PlacedCategory } from "@/lib/use-categories";
import { useFormat } from "@/lib/use-format";
import { useGroups } from "@/lib/use-groups";
import { CategoryDialog } from "./category-dialog";
import { useMoveCategory, useUsage } from "./data";
import { PlaceDialog } from "./place-dialog";

type Asked = { do: "edit" | "below" | "place"; id: string } | { do: "new" };

/** The tree of what tickets are about. */
export function CategoriesPage() {
  const { t } = useTranslation();
  const { query, categories } = useCategoryTree();
  const [retired, setRetired] = useState(false);
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);
  const shown = categories?.filter(({ active }) => active || retired);
  const gone = (categories?.length ?? 0) - (categories?.filter(({ active }) => active).length ?? 0);
  // As it is now, not as it was when it was asked for: what others change shows in the dialog.
  const about = asked && asked.do !== "new" ? categories?.find(({ id }) => id === asked.id) : undefined;
  const reload = async () => (await query.refetch()).data?.find(({ id }) => id === about?.id);
  return (
    <Page
      title={t("nav.categories")}
      description={t("categoryAdmin.text")}
      actions={
        <Button variant="primary" onClick={() => setAsked({ do: "new" })}>
          <Plus aria-hidden />
          {t("categoryAdmin.new")}
        </Button>
      }
    >
      {query.isError && !categories ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : !shown || !categories ? (
        <ListSkeleton rows={5} />
      ) : shown.length === 0 ? (
        <Empty icon={FolderTree} title={t("categoryAdmin.none")} />
      ) : (
        <Tree all={categories} shown={shown} onAsk={setAsked} />
      )}
      {gone > 0 && (
        <Button variant="ghost" className="justify-self-start" aria-pressed={retired} onClick={() => setRetired(!retired)}>
          {t(retired ? "categoryAdmin.hideRetired" : "categoryAdmin.showRetired", { count: gone })}
        </Button>
      )}
      {asked?.do === "new" && <CategoryDialog onClose={close} />}
      {asked?.do === "edit" && about && <CategoryDialog category={about} reload={reload} onClose={close} />}
      {asked?.do === "below" && about && <CategoryDialog parent={about} onClose={close} />}
      {asked?.do === "place" && about && categories && <PlaceDialog category={about} all={categories} reload={reload} onClose={close} />}
    </Page>
  );
}

interface TreeProps {
  all: readonly PlacedCategory[];
  shown: readonly PlacedCategory[];
  onAsk: (asked: Asked) => void;
}

/** One line for each category. The arrow keys go from name to name, with Alt they move the category among its siblings. */
function Tree({ all, shown, onAsk }: TreeProps) {
  const { t } = useTranslation();
  const list = useRef<HTMLUListElement>(null);
  const move = useMoveCategory();
  const usage = useUsage();
  const siblings = (list: readonly PlacedCategory[], of: PlacedCategory) => list.filter((one) => one.parent_id === of.parent_id);

  function shift(category: PlacedCategory, by: number) {
    // Past the next one that is seen, which takes it past those in between that are not.
    const row = siblings(shown, category);
    const next = row[row.findIndex(({ id }) => id === category.id) + by];
    if (!next || move.isPending) return;
    const position = siblings(all, category).findIndex(({ id }) => id === next.id);
    move.mutate({ category, parent_id: category.parent_id, position }, { onError: toastError });
  }
  function onKey(event: KeyboardEvent, category: PlacedCategory) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    if (event.altKey) return shift(category, by);
    const names = [...(list.current?.querySelectorAll<HTMLElement>("[data-category-name]") ?? [])];
    names[names.indexOf(event.currentTarget as HTMLElement) + by]?.focus();
  }

  return (
    <Card>
      <p className="border-b px-4 py-2 text-xs text-muted-foreground max-sm:hidden">{t("categoryAdmin.keys")}</p>
      <ul ref={list} aria-label={t("nav.categories")} className="divide-y">
        {shown.map((category) => {
          const row = siblings(shown, category);
          return (
            <li key={category.id} className="flex items-center gap-2 py-2 pe-2" style={{ paddingInlineStart: `${1 + category.depth * 1.5}rem` }}>
              <div className="grid min-w-0 flex-1 gap-0.5">
                <span className="flex flex-wrap items-center gap-2">
                  <button
                    type="button"
                    data-category-name
                    aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
                    onKeyDown={(event) => onKey(event, category)}
                    onClick={() => onAsk({ do: "edit", id: category.id })}
                    className={cn("min-h-[24px] min-w-0 text-start font-medium hover:underline", !category.active && "text-muted-foreground")}
                  >
                    <bdi>{category.name}</bdi>
                  </button>
                  {category.is_default && <Badge tone="info">{t("categoryAdmin.default")}</Badge>}
                  {!category.active && <Badge>{t("categoryAdmin.retired")}</Badge>}
                </span>
                <Said category={category} open={usage.data?.get(category.id)} />
              </div>
              {/* Not disabled at the end of its way: the focus would be lost. */}
              <Button className="max-sm:hidden" variant="ghost" size="icon-sm" aria-disabled={row[0]?.id === category.id} aria-label={t("categoryAdmin.up", { name: category.name })} onClick={() => shift(category, -1)}>
                <ArrowUp aria-hidden />
              </Button>
              <Button className="max-sm:hidden" variant="ghost" size="icon-sm" aria-disabled={row.at(-1)?.id === category.id} aria-label={t("categoryAdmin.down", { name: category.name })} onClick={() => shift(category, 1)}>
                <ArrowDown aria-hidden />
              </Button>
              <Menu>
                <MenuTrigger asChild>
                  <Button variant="ghost" size="icon" aria-label={t("categoryAdmin.more", { name: category.name })}>
                    <MoreHorizontal aria-hidden />
                  </Button>
                </MenuTrigger>
                <MenuContent align="end">
                  <MenuItem onSelect={() => onAsk({ do: "edit", id: category.id })}>{t("categoryAdmin.edit")}</MenuItem>
                  {category.active && category.depth < 3 && <MenuItem onSelect={() => onAsk({ do: "below", id: category.id })}>{t("categoryAdmin.addBelow")}</MenuItem>}
                  <MenuItem onSelect={() => onAsk({ do: "place", id: category.id })}>{t("categoryAdmin.moveTo")}</MenuItem>
                  <MenuItem disabled={row[0]?.id === category.id} onSelect={() => shift(category, -1)}>
                    {t("categoryAdmin.moveUp")}
                  </MenuItem>
                  <MenuItem disabled={row.at(-1)?.id === category.id} onSelect={() => shift(category, 1)}>
                    {t("categoryAdmin.moveDown")}
                  </MenuItem>
                </MenuContent>
              </Menu>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

/** What a category decides by itself, and how many tickets it has. */
function Said({ category, open }: { category: PlacedCategory; open?: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const groups = useGroups();
  const { group_id, priority, skills = [] } = category.routing ?? {};
  const group = groups?.find(({ id }) => id === group_id)?.name;
  const parts = [
    group && t("categoryAdmin.toGroup", { name: group }),
    priority && t("categoryAdmin.atPriority", { priority: t(`priority.${priority}`) }),
    skills.length > 0 && (
      <Labelled name={t("categoryAdmin.skills")}>
        <Listed items={skills} />
      </Labelled>
    ),
    open !== undefined && open > 0 && t("categoryAdmin.open", { count: open, n: format.number(open) }),
  ].filter(Boolean);
  if (parts.length === 0) return null;
  return (
    <span className="text-xs text-muted-foreground">
      <Dotted parts={parts} />
    </span>
  );
}
