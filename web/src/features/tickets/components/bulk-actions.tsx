import { ChevronUp, X } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { PRIORITIES, type BulkChange, type TicketState } from "@/api/types";
import { PriorityLabel } from "@/components/state-badges";
import { toastError } from "@/components/toast-error";
import { lazyDialog } from "@/components/lazy-dialog";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";
import type { Selection } from "@/components/ui/use-selection";
import { useMay, useUser } from "@/features/shell/use-user";
import { named } from "@/lib/choices";
import { RequestKey } from "@/lib/request-key";
import { useAgents } from "@/lib/use-agents";
import { choices, useCategories } from "@/lib/use-categories";
import { useFormat } from "@/lib/use-format";
import { useGroups } from "@/lib/use-groups";
import { useMatching, useStartBulk } from "../data/bulk";
import type { TicketFilter } from "../data/filters";

// Asked for now and then: they come when they are.
const BulkStateDialog = lazyDialog(async () => (await import("./bulk-state-dialog")).BulkStateDialog);
const BulkTagsDialog = lazyDialog(async () => (await import("./bulk-tags-dialog")).BulkTagsDialog);

/** The states that need no reply; the last ones ask for a reason first. */
const STATES: TicketState[] = ["open", "in_progress", "on_hold", "resolved", "closed"];
/** More than this is not changed at once. */
const MOST = 10_000;

interface BulkActionsProps {
  selection: Selection;
  filter: TicketFilter;
  /** There are rows beyond those that are loaded. */
  more: boolean;
  /** The change has begun; its id. */
  onStarted: (id: string) => void;
}

/** The bar below a list with marked tickets. It comes, with its texts, when the first one is marked. */
export function BulkActions({ selection, filter, more, onStarted }: BulkActionsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [whole, setWhole] = useState(false);
  const [asked, setAsked] = useState<TicketState | "tags" | null>(null);
  // A change of more than what is on the screen is asked once more.
  const [unsure, setUnsure] = useState<BulkChange | null>(null);
  const matching = useMatching(filter, selection.all && more);
  const start = useStartBulk();
  const [key] = useState(() => new RequestKey());
  // Marking fewer rows again takes it back.
  const everything = whole && selection.all;
  const count = everything ? (matching.data ?? 0) : selection.ids.size;
  const mayClose = useMay("tickets.close");

  async function send(change: BulkChange) {
    const targets = everything ? { filter } : { ids: [...selection.ids] };
    let bulk;
    try {
      bulk = await start.mutateAsync({ targets, change, key: key.of({ targets, change }) });
    } catch (error) {
      key.failed(error);
      throw error;
    }
    key.done();
    selection.clear();
    onStarted(bulk.id);
  }
  const apply = (change: BulkChange) => (everything ? setUnsure(change) : void send(change).catch(toastError));

  return (
    <section
      aria-label={t("bulk.bar")}
      className="sticky bottom-3 z-20 mx-auto flex w-fit max-w-full flex-wrap items-center gap-2 rounded-lg border bg-raised p-2 shadow-pop max-sm:bottom-16"
    >
      <p role="status" className="tabular px-2 text-sm font-medium">
        {t("bulk.selected", { count, n: format.number(count) })}
      </p>
      {selection.all && more && !everything && matching.data !== undefined && (
        <Button size="sm" variant="ghost" disabled={matching.data > MOST} onClick={() => setWhole(true)}>
          {matching.data > MOST ? t("bulk.tooMany", { n: format.number(MOST) }) : t("bulk.whole", { count: matching.data, n: format.number(matching.data) })}
        </Button>
      )}
      <AssignMenu onChange={apply} />
      <GroupMenu onChange={apply} />
      <CategoryMenu onChange={apply} />
      <Choice label={t("ticket.priority")}>
        {PRIORITIES.map((priority) => (
          <MenuItem key={priority} onSelect={() => apply({ priority })}>
            <PriorityLabel priority={priority} />
          </MenuItem>
        ))}
      </Choice>
      <Choice label={t("ticket.state")}>
        {STATES.filter((state) => state !== "closed" || mayClose).map((state) => (
          <MenuItem key={state} onSelect={() => (state === "open" || state === "in_progress" ? apply({ state }) : setAsked(state))}>
            {t(`ticketState.${state}`)}
          </MenuItem>
        ))}
      </Choice>
      <Button size="sm" onClick={() => setAsked("tags")}>
        {t("ticket.tags")}
      </Button>
      <Button size="icon-sm" variant="ghost" aria-label={t("bulk.clear")} onClick={selection.clear}>
        <X aria-hidden />
      </Button>
      {asked === "tags" && <BulkTagsDialog count={count} onConfirm={send} onClose={() => setAsked(null)} />}
      {asked && asked !== "tags" && <BulkStateDialog to={asked} count={count} onConfirm={send} onClose={() => setAsked(null)} />}
      <ConfirmDialog
        open={unsure !== null}
        title={t("bulk.sure", { count, n: format.number(count) })}
        description={t("bulk.sureText")}
        confirm={t("bulk.change", { count, n: format.number(count) })}
        busy={start.isPending}
        onCancel={() => setUnsure(null)}
        onConfirm={() => unsure && void send(unsure).catch(toastError).finally(() => setUnsure(null))}
      />
    </section>
  );
}

function Choice({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button size="sm">
          {label}
          <ChevronUp aria-hidden />
        </Button>
      </MenuTrigger>
      <MenuContent side="top">{children}</MenuContent>
    </Menu>
  );
}

function AssignMenu({ onChange }: { onChange: (change: BulkChange) => void }) {
  const { t } = useTranslation();
  const user = useUser();
  const may = useMay("tickets.assign");
  const agents = useAgents(may);
  if (!may) return null;
  return (
    <Choice label={t("ticket.assignee")}>
      <MenuItem onSelect={() => onChange({ assignee_id: user.id })}>{t("ticket.take")}</MenuItem>
      <MenuItem onSelect={() => onChange({ unassign: true })}>{t("ticket.unassigned")}</MenuItem>
      {named(agents)
        ?.filter(({ value }) => value !== user.id)
        .map(({ value, label }) => (
          <MenuItem key={value} onSelect={() => onChange({ assignee_id: value })}>
            <bdi>{label}</bdi>
          </MenuItem>
        ))}
    </Choice>
  );
}

function GroupMenu({ onChange }: { onChange: (change: BulkChange) => void }) {
  const { t } = useTranslation();
  const groups = useGroups();
  return (
    <Choice label={t("ticket.group")}>
      {groups?.map((group) => (
        <MenuItem key={group.id} onSelect={() => onChange({ group_id: group.id })}>
          <bdi>{group.name}</bdi>
        </MenuItem>
      ))}
    </Choice>
  );
}

function CategoryMenu({ onChange }: { onChange: (change: BulkChange) => void }) {
  const { t } = useTranslation();
  const categories = choices(useCategories());
  if (categories?.length === 0) return null;
  return (
    <Choice label={t("ticket.category")}>
      {categories?.map(({ value, label }) => (
        <MenuItem key={value} onSelect={() => onChange({ category_id: value })}>
          <bdi>{label}</bdi>
        </MenuItem>
      ))}
    </Choice>
  );
}
