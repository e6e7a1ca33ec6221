import { Pencil, Pin, PinOff, StickyNote, Trash2 } from "lucide-react";
import { useState } from "react";
import { useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { Form } from "@/components/form/form";
import { useAppForm } from "@/components/form/use-app-form";
import { ListSkeleton } from "@/components/list-skeleton";
import { MentionField } from "@/components/mentions/mention-field";
import { Mentioned, mentionedIn } from "@/components/mentions/mentioned";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { useMay, useUser } from "@/features/shell/use-user";
import { cn } from "@/lib/cn";
import { useAgents } from "@/lib/use-agents";
import { useAddNote, useDeleteNote, useEditNote, useNotes } from "../data/notes";
import type { Agent } from "@/api/types";
import type { Note } from "../data/queries";

/** What colleagues should know about a customer; he never sees it. */
export function Notes({ id }: { id: string }) {
  const { t } = useTranslation();
  const notes = useNotes(id);
  const edit = useMay("notes.edit");
  if (notes.isPending) return <ListSkeleton />;
  if (!notes.data) return <ErrorState error={notes.error} onRetry={() => void notes.refetch()} />;
  return (
    <div className="grid max-w-3xl gap-4">
      {edit && <NewNote id={id} />}
      {notes.data.length === 0 ? (
        <Empty icon={StickyNote} title={t("customer.noNotes")} />
      ) : (
        <ul aria-label={t("customer.notes")} className="grid gap-3">
          {notes.data.map((note) => (
            <li key={note.id}>
              <NoteCard id={id} note={note} editable={edit} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function NoteCard({ id, note, editable }: { id: string; note: Note; editable: boolean }) {
  const { t } = useTranslation();
  const me = useUser().id;
  const change = useEditNote(id);
  const remove = useDeleteNote(id);
  const [editing, setEditing] = useState(false);
  const [leaving, setLeaving] = useState(false);
  if (editing) return <EditNote id={id} note={note} onClose={() => setEditing(false)} />;
  const pin = () => change.mutate({ note, body: note.body, pinned: !note.pinned, mentions: note.mentions.map((person) => person.id) });
  return (
    <Card className={cn("grid gap-1.5 p-3", note.pinned && "border-note-border bg-note")}>
      <p className="text-sm break-words whitespace-pre-wrap" dir="auto">
        <Mentioned text={note.body} people={note.mentions} me={me} />
      </p>
      <div className="flex flex-wrap items-center justify-between gap-2 text-xs text-muted-foreground">
        <span className="flex flex-wrap items-center gap-x-1.5">
          <bdi>{note.author.name}</bdi> · <Time at={note.created_at} />
          {note.pinned && <Badge>{t("customer.pinned")}</Badge>}
        </span>
        {editable && (
          <span className="flex gap-1">
            <Button variant="ghost" size="icon-sm" busy={change.isPending} aria-label={t(note.pinned ? "customer.unpin" : "customer.pin")} onClick={pin}>
              {note.pinned ? <PinOff aria-hidden /> : <Pin aria-hidden />}
            </Button>
            {note.mine && (
              <>
                <Button variant="ghost" size="icon-sm" aria-label={t("customer.editNote")} onClick={() => setEditing(true)}>
                  <Pencil aria-hidden />
                </Button>
                <Button variant="ghost" size="icon-sm" aria-label={t("customer.deleteNote")} onClick={() => setLeaving(true)}>
                  <Trash2 aria-hidden />
                </Button>
              </>
            )}
          </span>
        )}
      </div>
      <ConfirmDialog
        open={leaving}
        title={t("customer.deleteNote")}
        confirm={t("common.delete")}
        danger
        busy={remove.isPending}
        onCancel={() => setLeaving(false)}
        onConfirm={() => remove.mutate(note.id, { onSettled: () => setLeaving(false) })}
      />
    </Card>
  );
}

const schema = z.object({ body: z.string().trim().min(1, "field.empty").max(20_000, "field.too_long") });

/** Until it is known who can be mentioned, nobody is offered. */
const NOBODY: Agent[] = [];

function NewNote({ id }: { id: string }) {
  const { t } = useTranslation();
  const people = useAgents() ?? NOBODY;
  const add = useAddNote(id);
  const form = useAppForm({
    schema,
    values: { body: "" },
    draft: `note.${id}`,
    save: ({ body }, { key }) => add.mutateAsync({ body: { body, pinned: false, mentions: mentionedIn(body, people) }, key }),
    afterwards: () => ({ body: "" }),
  });
  const empty = useWatch({ control: form.control, name: "body" }).trim() === "";
  return (
    <Form form={form} label={t("customer.newNote")} className="gap-2">
      <MentionField form={form} name="body" label={t("customer.newNote")} hint={t("customer.noteHint")} people={people} rows={3} />
      <Button type="submit" variant="primary" className="justify-self-end" busy={form.formState.isSubmitting} disabled={empty}>
        {t("customer.addNote")}
      </Button>
    </Form>
  );
}

function EditNote({ id, note, onClose }: { id: string; note: Note; onClose: () => void }) {
  const { t } = useTranslation();
  const agents = useAgents() ?? NOBODY;
  const change = useEditNote(id);
  // Whom it mentions already may be an agent no longer.
  const people = [...agents, ...note.mentions.filter((person) => !agents.some((agent) => agent.id === person.id))];
  const form = useAppForm({
    schema,
    values: { body: note.body },
    save: ({ body }) => change.mutateAsync({ note, body, pinned: note.pinned, mentions: mentionedIn(body, people) }),
    onSaved: onClose,
  });
  return (
    <Card className="p-3">
      <Form form={form} label={t("customer.editNote")} className="gap-2">
        <MentionField form={form} name="body" label={t("customer.editNote")} people={people} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" variant="primary" busy={form.formState.isSubmitting}>
            {t("common.save")}
          </Button>
        </div>
      </Form>
    </Card>
  );
}
