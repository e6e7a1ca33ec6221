import { Archive, ArchiveRestore, FolderKanban, MoreHorizontal, Pencil, Plus, Ticket, Users } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Project } from "@/api/types";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { lazyDialog } from "@/components/lazy-dialog";
import { ListSkeleton } from "@/components/list-skeleton";
import { Tag } from "@/components/tag";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { LoadMore } from "@/components/ui/load-more";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";
import { toast } from "@/components/ui/toast";
import { ToggleGroup, ToggleItem } from "@/components/ui/toggle-group";
import { cn } from "@/lib/cn";
import { useFocusAfter } from "@/lib/use-focus-after";
import { useArchiveProject, useCustomerProjects } from "../data/projects";

const AssignDialog = lazyDialog(async () => (await import("./project-dialogs")).AssignDialog);
const ProjectDialog = lazyDialog(async () => (await import("./project-dialogs")).ProjectDialog);

type Asked = { do: "new" } | { do: "edit" | "assign"; project: Project };

/** What a customer groups his things by. Those who lead him, and staff, say who of his people sees which. */
export function Projects({ customer, create, manage, tickets }: { customer: string; create: boolean; manage: boolean; /** Where the list of tickets is. */ tickets: string }) {
  const { t } = useTranslation();
  const [archived, setArchived] = useState(false);
  const { query, rows } = useCustomerProjects(customer, archived);
  const archive = useArchiveProject();
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);
  const about = asked && asked.do !== "new" ? (rows.find(({ id }) => id === asked.project.id) ?? asked.project) : undefined;
  const reload = async () => (await query.refetch()).data?.pages.flatMap(({ items }) => items).find(({ id }) => id === about?.id);
  const list = useRef<HTMLUListElement>(null);
  const leaving = useFocusAfter(rows, list);
  const move = (project: Project) => {
    if (archive.isPending) return;
    leaving(project);
    archive.mutate(project, {
      onSuccess: () => toast({ tone: "success", title: t(project.archived_at === null ? "project.archivedNow" : "project.restoredNow", { name: project.name }) }),
    });
  };
  // For a moment the rows are those of the other choice.
  const stale = query.isPlaceholderData;
  return (
    <div className="grid max-w-3xl gap-4">
      <p className="text-sm text-muted-foreground">{t(manage ? "project.textLead" : "project.text")}</p>
      <div className="flex flex-wrap items-center gap-2">
        {create && (
          <Button variant="primary" onClick={() => setAsked({ do: "new" })}>
            <Plus aria-hidden />
            {t("project.new")}
          </Button>
        )}
        <ToggleGroup type="single" aria-label={t("project.which")} value={archived ? "archived" : "used"} onValueChange={(which) => which && setArchived(which === "archived")}>
          <ToggleItem value="used">{t("project.used")}</ToggleItem>
          <ToggleItem value="archived">{t("project.archived")}</ToggleItem>
        </ToggleGroup>
      </div>
      {query.isPending && <ListSkeleton />}
      {!query.data && query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && rows.length === 0 && (
        <Empty icon={FolderKanban} title={t(archived ? "project.noneArchived" : "project.none")}>
          {!archived && t(create ? "project.noneText" : "project.noneAssigned")}
        </Empty>
      )}
      {rows.length > 0 && (
        <ul ref={list} tabIndex={-1} aria-label={t("project.list")} aria-busy={stale || undefined} className={cn("grid gap-2 outline-none transition-opacity", stale && "opacity-60")}>
          {rows.map((project) => (
            <li key={project.id} data-id={project.id}>
              <Card className="flex items-start justify-between gap-2 p-3 text-sm">
                <div className="grid min-w-0 gap-1">
                  <p className="flex flex-wrap items-center gap-2 font-medium">
                    <Tag name={project.name} colour={project.colour ?? "grey"} className="text-sm" />
                  </p>
                  {project.description && (
                    <p className="break-words whitespace-pre-line">
                      <bdi>{project.description}</bdi>
                    </p>
                  )}
                  <p className="flex flex-wrap items-center gap-x-4 text-xs text-muted-foreground">
                    <span>{t("project.assigned", { count: project.assigned })}</span>
                    <Link to={`${tickets}?project=${project.id}`} className="inline-flex min-h-[24px] items-center gap-1 text-primary underline">
                      <Ticket aria-hidden className="size-3.5" />
                      {t("project.tickets")}
                    </Link>
                  </p>
                </div>
                {manage && !stale && (
                  <Menu>
                    <MenuTrigger asChild>
                      <Button variant="ghost" size="icon" aria-label={t("project.actionsOf", { name: project.name })}>
                        <MoreHorizontal aria-hidden />
                      </Button>
                    </MenuTrigger>
                    <MenuContent align="end">
                      <MenuItem onSelect={() => setAsked({ do: "assign", project })}>
                        <Users aria-hidden />
                        {t("project.assign")}
                      </MenuItem>
                      <MenuItem onSelect={() => setAsked({ do: "edit", project })}>
                        <Pencil aria-hidden />
                        {t("project.edit")}
                      </MenuItem>
                      <MenuItem onSelect={() => move(project)}>
                        {project.archived_at === null ? <Archive aria-hidden /> : <ArchiveRestore aria-hidden />}
                        {t(project.archived_at === null ? "project.archive" : "project.restore")}
                      </MenuItem>
                    </MenuContent>
                  </Menu>
                )}
              </Card>
            </li>
          ))}
        </ul>
      )}
      <LoadMore more={query.hasNextPage} busy={query.isFetchingNextPage} failed={query.isFetchNextPageError} onMore={() => void query.fetchNextPage()} />
      {asked?.do === "new" && <ProjectDialog customer={customer} onClose={close} />}
      {about && asked?.do === "edit" && <ProjectDialog customer={customer} project={about} reload={reload} onClose={close} />}
      {about && asked?.do === "assign" && <AssignDialog project={about} onClose={close} />}
    </div>
  );
}
