import { X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Ticket } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { toast } from "@/components/ui/toast";
import { may } from "../data/actions";
import { useGroups } from "../data/bulk";
import { useEditTicket } from "../data/mutations";
import { tagsOf } from "../data/tags";

/** The group that has the ticket: another choice hands it over. */
export function GroupSelect({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const allowed = may(ticket, "edit");
  const groups = useGroups(allowed);
  const edit = useEditTicket(ticket.id, ({ number, group }) => toast({ tone: "success", title: t("ticket.groupNow", { number, group: group.name }) }));
  const present = ticket.group;
  const list = groups.some((group) => group.id === present.id) ? groups : [present, ...groups];
  return (
    <label className="grid gap-1.5">
      <span className="font-medium">{t("ticket.group")}</span>
      <Select value={present.id} disabled={!allowed || edit.isPending} onChange={(event) => edit.mutate({ version: ticket.version, group_id: event.target.value })}>
        {list.map((group) => (
          <option key={group.id} value={group.id}>
            {group.name}
          </option>
        ))}
      </Select>
    </label>
  );
}

/** Marks a ticket with words, and takes them away. */
export function TagEditor({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const allowed = may(ticket, "edit");
  const edit = useEditTicket(ticket.id);
  const [text, setText] = useState("");
  const save = (tags: string[]) => edit.mutate({ version: ticket.version, tags });
  function add() {
    const added = tagsOf(text);
    if (added.length === 0) return;
    save([...ticket.tags, ...added]);
    setText("");
  }
  if (!allowed && ticket.tags.length === 0) return null;
  return (
    <div className="grid gap-1.5">
      {ticket.tags.length > 0 && (
        <ul aria-label={t("ticket.tags")} className="flex flex-wrap gap-1">
          {ticket.tags.map((tag) => (
            <li key={tag}>
              <Badge>
                <bdi>{tag}</bdi>
                {allowed && (
                  <button
                    type="button"
                    aria-label={t("ticket.removeTag", { tag })}
                    disabled={edit.isPending}
                    onClick={() => save(ticket.tags.filter((other) => other !== tag))}
                    className="-me-1 inline-grid size-6 place-items-center rounded hover:bg-foreground/10"
                  >
                    <X aria-hidden />
                  </button>
                )}
              </Badge>
            </li>
          ))}
        </ul>
      )}
      {allowed && (
        <form
          className="flex items-end gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            add();
          }}
        >
          <Field label={t("ticket.addTags")} className="min-w-0 flex-1">
            {(control) => <Input {...control} dir="auto" autoComplete="off" value={text} onChange={(event) => setText(event.target.value)} />}
          </Field>
          <Button type="submit" busy={edit.isPending} disabled={tagsOf(text).length === 0}>
            {t("ticket.addTag")}
          </Button>
        </form>
      )}
    </div>
  );
}
