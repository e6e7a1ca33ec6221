import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { Bell, Plus } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { DeleteButton } from "@/components/delete-button";
import { Several } from "@/components/form/choices";
import { TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { Listed } from "@/components/labelled";
import { DataList } from "@/components/list/data-list";
import { Page } from "@/components/page";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { useDataTable } from "@/components/ui/use-data-table";
import { named } from "@/lib/choices";
import { useAgents } from "@/lib/use-agents";
import { useFocusAfter } from "@/lib/use-focus-after";
import { useDeleteGroup, useNotificationGroups, useSaveGroup, type NotificationGroup } from "./data";

const column = createColumnHelper<NotificationGroup>();
const NONE: NotificationGroup[] = [];

/** Named sets of staff that rules and escalations tell. */
export function GroupsPage() {
  const { t } = useTranslation();
  const query = useNotificationGroups();
  const remove = useDeleteGroup();
  const [edited, setEdited] = useState<NotificationGroup | "new" | null>(null);
  // As it is now, not as it was when it was asked for: what others change shows in the dialog.
  const about = edited && edited !== "new" ? (query.data?.items.find(({ id }) => id === edited.id) ?? edited) : undefined;
  const rows = query.data?.items ?? NONE;
  const list = useRef<HTMLDivElement>(null);
  const leaving = useFocusAfter(rows, list);
  const columns = useMemo(
    () =>
      [
        column.accessor("name", {
          header: t("noticeGroup.name"),
          cell: ({ row: { original: group } }) => (
            <div className="grid min-w-0 gap-0.5 py-1">
              <bdi className="truncate font-medium">{group.name}</bdi>
              <span className="truncate text-xs text-muted-foreground">{group.members.length > 0 ? <Listed items={group.members.map(({ name }) => name)} /> : t("noticeGroup.nobody")}</span>
            </div>
          ),
        }),
        column.display({
          id: "actions",
          header: () => <span className="sr-only">{t("common.actions")}</span>,
          meta: { className: "w-48 text-end" },
          cell: ({ row: { original: group } }) => (
            <span className="flex justify-end gap-2">
              <Button size="sm" onClick={() => setEdited(group)}>
                {t("common.edit")}
              </Button>
              <DeleteButton
                size="sm"
                title={t("noticeGroup.deleteTitle", { name: group.name })}
                text={t("noticeGroup.deleteText")}
                remove={() => {
                  leaving(group);
                  return remove(group);
                }}
                onDone={() => toast({ tone: "success", title: t("noticeGroup.deleted") })}
              />
            </span>
          ),
        }),
      ] as ColumnDef<NotificationGroup, never>[],
    [t, remove, leaving],
  );
  const table = useDataTable({ name: "notification_groups", rows, columns, rowId: (group) => group.id });
  return (
    <Page
      title={t("nav.notificationGroups")}
      description={t("noticeGroup.text")}
      actions={
        <Button variant="primary" onClick={() => setEdited("new")}>
          <Plus aria-hidden />
          {t("noticeGroup.new")}
        </Button>
      }
    >
      <div ref={list} tabIndex={-1} className="outline-none">
        <DataList table={table} query={query} label={t("nav.notificationGroups")} empty={{ icon: Bell, title: t("noticeGroup.none") }} expected={3} />
      </div>
      {edited && <GroupDialog group={about} reload={async () => (await query.refetch()).data?.items.find(({ id }) => id === about?.id)} onClose={() => setEdited(null)} />}
    </Page>
  );
}

const schema = z.object({ name: z.string().trim().min(1, "field.bad_name").max(80, "field.bad_name"), members: z.array(z.string()) });
type GroupForm = z.infer<typeof schema>;

function GroupDialog({ group, reload, onClose }: { group?: NotificationGroup; reload: () => Promise<{ version: number } | undefined>; onClose: () => void }) {
  const { t } = useTranslation();
  const agents = useAgents();
  const save = useSaveGroup(group?.id);
  const form = useAppForm<GroupForm, NotificationGroup>({
    schema,
    values: { name: group?.name ?? "", members: group?.members.map((member) => member.id) ?? [] },
    present: group && { version: group.version, reload },
    save: (body, sending) => save.mutateAsync({ body, ...sending }),
    onSaved: () => {
      toast({ tone: "success", title: t("noticeGroup.saved") });
      onClose();
    },
  });
  const members = form.watch("members");
  return (
    <FormDialog form={form} title={t(group ? "noticeGroup.edit" : "noticeGroup.new")} confirm={t("common.save")} onClose={onClose}>
      <TextField form={form} name="name" label={t("noticeGroup.name")} required maxLength={80} autoComplete="off" />
      <Several label={t("noticeGroup.members")} chosen={members} options={named(agents)} onChange={(next) => form.setValue("members", next, { shouldDirty: true })} />
    </FormDialog>
  );
}
