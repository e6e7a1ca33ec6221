import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import type { Ticket } from "@/api/types";
import { ChoiceSelect } from "@/components/form/choices";
import { TextField } from "@/components/form/fields";
import { Form } from "@/components/form/form";
import { useAppForm } from "@/components/form/use-app-form";
import { Tag } from "@/components/tag";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/input";
import { toast } from "@/components/ui/toast";
import { after } from "@/lib/choices";
import { choices, useCategories } from "@/lib/use-categories";
import { useGroups } from "@/lib/use-groups";
import { useTagColour, useTags } from "@/lib/use-tags";
import { may } from "../data/actions";
import { useEditTicket } from "../data/mutations";
import { tagsOf } from "../data/tags";

/** The group that has the ticket: another choice hands it over. */
export function GroupSelect({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const allowed = may(ticket, "edit");
  const groups = useGroups(allowed);
  const edit = useEditTicket(ticket.id, ({ number, group }) => toast({ tone: "success", title: t("ticket.groupNow", { number, group: group.name }) }));
  const present = ticket.group;
  const list = !groups ? [present] : groups.some((group) => group.id === present.id) ? groups : [present, ...groups];
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

/** What the ticket is about: another choice may send it to another group and raise its priority. */
export function CategorySelect({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const allowed = may(ticket, "edit");
  const categories = useCategories();
  const name = (id: string | null) => categories?.find((category) => category.id === id)?.path ?? "";
  const edit = useEditTicket(ticket.id, ({ number, category_id }) => toast({ tone: "success", title: t("ticket.categoryNow", { number, category: name(category_id) }) }));
  if (categories?.length === 0) return null;
  const offered = choices(categories, ticket.category_id);
  return (
    <label className="grid gap-1.5">
      <span className="font-medium">{t("ticket.category")}</span>
      <ChoiceSelect
        value={ticket.category_id ?? ""}
        options={ticket.category_id === null ? after({ value: "", label: t("ticket.noCategory") }, offered) : offered}
        disabled={!allowed || !categories || edit.isPending}
        onChange={(event) => edit.mutate({ version: ticket.version, category_id: event.target.value })}
      />
    </label>
  );
}

/** Marks a ticket with words, and takes them away. */
export function TagEditor({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const allowed = may(ticket, "edit");
  const edit = useEditTicket(ticket.id);
  const colour = useTagColour();
  const offered = useTags(allowed)?.filter(({ name, retired, moving_to }) => !retired && moving_to === null && !ticket.tags.includes(name));
  const add = useEditTicket(ticket.id, undefined, true);
  const form = useAppForm({
    schema: z.object({ tags: z.string().refine((text) => tagsOf(text).length > 0, "field.empty") }),
    values: { tags: "" },
    save: ({ tags }) => add.mutateAsync({ version: ticket.version, tags: [...new Set([...ticket.tags, ...tagsOf(tags)])] }),
    afterwards: () => ({ tags: "" }),
    guard: false,
  });
  if (!allowed && ticket.tags.length === 0) return null;
  return (
    <div className="grid gap-1.5">
      {ticket.tags.length > 0 && (
        <ul aria-label={t("ticket.tags")} className="flex flex-wrap gap-1">
          {ticket.tags.map((tag) => (
            <li key={tag}>
              <Tag name={tag} colour={colour(tag)}>
                {allowed && (
                  <button
                    type="button"
                    aria-label={t("ticket.removeTag", { tag })}
                    disabled={edit.isPending || add.isPending}
                    onClick={() => edit.mutate({ version: ticket.version, tags: ticket.tags.filter((other) => other !== tag) })}
                    className="-me-1 inline-grid size-[24px] place-items-center rounded hover:bg-foreground/10"
                  >
                    <X aria-hidden />
                  </button>
                )}
              </Tag>
            </li>
          ))}
        </ul>
      )}
      {allowed && (
        <Form form={form} className="gap-2">
          <div className="flex items-end gap-2">
            <TextField form={form} name="tags" label={t("ticket.addTags")} data-pagekey="t" autoComplete="off" list="offered-tags" className="min-w-0 flex-1" />
            <datalist id="offered-tags">
              {offered?.map(({ id, name }) => (
                <option key={id} value={name} />
              ))}
            </datalist>
            <Button type="submit" busy={form.formState.isSubmitting}>
              {t("ticket.addTag")}
            </Button>
          </div>
        </Form>
      )}
    </div>
  );
}
