import { Eye, UserMinus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import type { Ticket } from "@/api/types";
import { TextField } from "@/components/form/fields";
import { Form } from "@/components/form/form";
import { useAppForm } from "@/components/form/use-app-form";
import { Ltr } from "@/components/mono";
import { toastError } from "@/components/toast-error";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { useMay, useUser } from "@/features/shell/use-user";
import { isOutside, may } from "../data/actions";
import { useAddWatcher, useRemoveParticipant } from "../data/relations";

/** Who gets the answers besides the requester. */
export function PeoplePanel({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const user = useUser();
  const allowed = may(ticket, "edit");
  // Of a ticket that others see to one takes part or leaves, and decides for nobody else.
  const himself = useMay("tickets.edit") && isOutside(ticket) && ticket.state !== "closed";
  const add = useAddWatcher(ticket.id);
  const remove = useRemoveParticipant(ticket.id);
  const people = ticket.participants.filter((person) => person.role !== "requester");
  const takesPart = (email: string) => ticket.participants.some((person) => person.role !== "cc_pending" && person.email.toLowerCase() === email.toLowerCase());
  const form = useAppForm({
    schema: z.object({
      email: z
        .string()
        .trim()
        .min(1, "field.empty")
        .refine((email) => !takesPart(email), "people.takesPart"),
    }),
    values: { email: "" },
    save: ({ email }) => add.mutateAsync({ email, name: "" }),
    afterwards: () => ({ email: "" }),
    guard: false,
  });
  const isOneself = (person: Ticket["participants"][number]) => person.user_id === user.id || person.email === user.email;
  const watches = ticket.participants.some(isOneself);
  const watch = !watches && (
    <Button size="sm" variant="ghost" busy={add.isPending} onClick={() => add.mutate({ email: user.email, name: user.name }, { onError: toastError })}>
      <Eye aria-hidden />
      {t("people.watch")}
    </Button>
  );
  return (
    <Card aria-label={t("people.panel")} className="grid gap-3 p-4 text-sm">
      <h2 className="font-semibold">{t("people.panel")}</h2>
      <p className="text-xs text-muted-foreground">{t("people.text")}</p>
      {people.length > 0 ? (
        <ul className="grid gap-1.5">
          {people.map((person) => (
            <li key={person.email} className="flex items-center gap-1">
              <span className="flex min-w-0 flex-1 flex-wrap items-center gap-1.5">
                <Ltr className="break-all">{person.email}</Ltr>
                <Badge>{t([`participantRole.${person.role}`, "participantRole.other"])}</Badge>
              </span>
              {(allowed || (himself && isOneself(person))) && (
                <Button variant="ghost" size="icon-sm" aria-label={t("people.remove", { email: person.email })} busy={remove.isPending} onClick={() => remove.mutate(person.email)}>
                  <UserMinus aria-hidden />
                </Button>
              )}
            </li>
          ))}
        </ul>
      ) : (
        <p className="text-muted-foreground">{t("people.none")}</p>
      )}
      {allowed && (
        <>
          <Form form={form} className="grid gap-2">
            <TextField form={form} name="email" label={t("people.email")} type="email" dir="ltr" autoComplete="off" />
            <div className="flex flex-wrap gap-2">
              <Button type="submit" size="sm" busy={form.formState.isSubmitting}>
                {t("people.add")}
              </Button>
              {watch}
            </div>
          </Form>
        </>
      )}
      {himself && watch}
    </Card>
  );
}
