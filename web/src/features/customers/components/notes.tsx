import { Pin, PinOff, StickyNote, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { ListSkeleton } from "@/components/list-skeleton";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { useMay } from "@/features/shell/use-user";
import { useAddNote, useDeleteNote, useNotes, usePinNote } from "../data/queries";

export function Notes({ id }: { id: string }) {
  const { t } = useTranslation();
  const notes = useNotes(id);
  const pin = usePinNote(id);
  const remove = useDeleteNote(id);
  const edit = useMay("notes.edit");
  if (notes.isPending) return <ListSkeleton />;
  if (notes.isError) return <ErrorState error={notes.error} onRetry={() => void notes.refetch()} />;
  return (
    <div className="grid max-w-3xl gap-4">
      {edit && <NewNote id={id} />}
      {notes.data.length === 0 && <Empty icon={StickyNote} title={t("customer.noNotes")} />}
      <ul className="grid gap-3">
        {notes.data.map((note) => (
          <li key={note.id}>
            <Card className="grid gap-1.5 p-3">
              <p className="text-sm whitespace-pre-wrap" dir="auto">
                {note.body}
              </p>
              <div className="flex items-center justify-between gap-2 text-xs text-muted-foreground">
                <span>
                  <bdi>{note.author.name}</bdi> · <Time at={note.created_at} />
                </span>
                {edit && (
                  <span className="flex gap-1">
                    <Button variant="ghost" size="icon-sm" aria-label={t(note.pinned ? "customer.unpin" : "customer.pin")} aria-pressed={note.pinned} onClick={() => pin.mutate(note)}>
                      {note.pinned ? <PinOff aria-hidden /> : <Pin aria-hidden />}
                    </Button>
                    {note.mine && (
                      <Button variant="ghost" size="icon-sm" aria-label={t("customer.deleteNote")} onClick={() => remove.mutate(note.id)}>
                        <Trash2 aria-hidden />
                      </Button>
                    )}
                  </span>
                )}
              </div>
            </Card>
          </li>
        ))}
      </ul>
    </div>
  );
}

function NewNote({ id }: { id: string }) {
  const { t } = useTranslation();
  const add = useAddNote(id);
  const [body, setBody] = useState("");
  return (
    <form
      className="grid gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (body.trim()) add.mutate({ body, pinned: false }, { onSuccess: () => setBody("") });
      }}
    >
      <Field label={t("customer.newNote")} hint={t("customer.noteHint")}>
        {(control) => <Textarea {...control} dir="auto" maxLength={20_000} value={body} onChange={(event) => setBody(event.target.value)} />}
      </Field>
      <Button type="submit" variant="primary" className="justify-self-end" busy={add.isPending} disabled={body.trim() === ""}>
        {t("customer.addNote")}
      </Button>
    </form>
  );
}
