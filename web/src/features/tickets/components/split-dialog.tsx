import { useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { z } from "zod";
import type { Ticket, TimelineMessage } from "@/api/types";
import { TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { ErrorState } from "@/components/error-state";
import { Time } from "@/components/time";
import { Checkbox } from "@/components/ui/checkbox";
import { Spinner } from "@/components/ui/spinner";
import { toast } from "@/components/ui/toast";
import { useTimeline } from "../data/queries";
import { useSplitTicket } from "../data/relations";

/** Makes a ticket of some messages; at least one public message stays. */
export function SplitDialog({ ticket, onClose }: { ticket: Ticket; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const timeline = useTimeline(ticket.id);
  const split = useSplitTicket(ticket);
  const messages = timeline.data?.pages.flatMap((page) => page.items).filter((item): item is TimelineMessage => item.type === "message" && !item.held);
  const form = useAppForm({
    schema: z.object({ subject: z.string().trim().min(1, "field.empty").max(250, "field.too_long"), messages: z.array(z.string()) }),
    values: { subject: ticket.subject, messages: [] as string[] },
    save: (values, { key }) => split.mutateAsync({ ...values, key }),
    onSaved: (made) => {
      onClose();
      toast({ tone: "success", title: t("ticket.createdToast", { number: made.number }) });
      void navigate(`/desk/tickets/${made.id}`);
    },
    guard: false,
  });
  const chosen = useWatch({ control: form.control, name: "messages" });
  const left = messages?.some((message) => message.kind === "reply" && !chosen.includes(message.id));
  const toggle = (id: string) => form.setValue("messages", chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id]);
  return (
    <FormDialog form={form} title={t("relation.splitTitle")} description={t("relation.splitText")} confirm={t("relation.split")} disabled={chosen.length === 0 || !left} onClose={onClose}>
      <TextField form={form} name="subject" label={t("ticket.subject")} required />
      {messages ? (
        <fieldset className="grid gap-1">
          <legend className="mb-1.5 text-sm font-medium">{t("ticket.messages")}</legend>
          {messages.map((message) => (
            <label key={message.id} className="flex min-h-9 items-start gap-2.5 rounded-md border px-2.5 py-2 text-sm has-data-[state=checked]:border-primary">
              <Checkbox className="mt-0.5" checked={chosen.includes(message.id)} onCheckedChange={() => toggle(message.id)} />
              <span className="grid min-w-0 flex-1">
                <span className="flex flex-wrap justify-between gap-x-2">
                  <bdi className="font-medium">{message.author.name || message.author.email}</bdi>
                  <Time at={message.at} className="text-xs text-muted-foreground" />
                </span>
                <bdi className="line-clamp-2 text-muted-foreground">{message.body_text}</bdi>
              </span>
            </label>
          ))}
        </fieldset>
      ) : timeline.isError ? (
        <ErrorState error={timeline.error} onRetry={() => void timeline.refetch()} />
      ) : (
        <Spinner className="mx-auto my-4" />
      )}
      {chosen.length > 0 && left === false && <p className="text-sm text-danger">{t("relation.leaveOne")}</p>}
    </FormDialog>
  );
}
