import { zodResolver } from "@hookform/resolvers/zod";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { z } from "zod";
import { explain, fieldErrors } from "@/api/problem";
import { PRIORITIES } from "@/api/types";
import { Page } from "@/components/page";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input, Select, Textarea } from "@/components/ui/input";
import { toast } from "@/components/ui/toast";
import { uniqueKey } from "@/lib/unique";
import { useDraft } from "@/lib/use-draft";
import { draftedValues, useFormDraft } from "@/lib/use-form-draft";
import { letGo, useLeaveGuard } from "@/lib/use-leave-guard";
import { AttachButton, PendingFiles } from "./components/attachment-picker";
import { useAttachments, type KeptFile } from "./components/use-attachments";
import { useCreateTicket } from "./data/mutations";

const common = {
  subject: z.string().trim().min(1, "field.empty").max(255, "field.too_long"),
  body: z.string().trim().min(1, "field.empty"),
  priority: z.enum(["low", "medium", "high", "urgent"]),
};
const customer = z.object({ ...common, requester: z.object({ email: z.string(), name: z.string() }) });
const staffOnly = z.object({
  ...common,
  requester: z.object({ email: z.email("field.not_an_address"), name: z.string().trim() }),
});
type Values = z.infer<typeof customer>;

const EMPTY: Values = { subject: "", body: "", priority: "medium", requester: { email: "", name: "" } };
const NO_FILES: KeptFile[] = [];

export function NewTicketPage() {
  return <NewTicket staff={false} base="/client/tickets" />;
}

export function NewDeskTicketPage() {
  return <NewTicket staff base="/desk/tickets" />;
}

function NewTicket({ staff, base }: { staff: boolean; base: string }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const create = useCreateTicket();
  const name = `new.${staff ? "desk" : "client"}`;
  const [files, setFiles, clearFiles] = useDraft<KeptFile[]>(`${name}.files`, NO_FILES, (list) => list.length === 0);
  const attachments = useAttachments(files, setFiles);
  useLeaveGuard(attachments.busy);
  const [key, setKey] = useState(uniqueKey);
  const form = useForm<Values>({ resolver: zodResolver(staff ? staffOnly : customer), defaultValues: draftedValues(name, EMPTY) });
  const draft = useFormDraft(form, name, EMPTY);
  const discard = () => {
    draft.forget();
    attachments.clear();
    clearFiles();
  };
  const { errors } = form.formState;
  const text = (message: string | undefined) => (message ? t(message) : undefined);

  const submit = form.handleSubmit((values) => {
    if (attachments.busy || create.isPending) return;
    const requester = staff ? { email: values.requester.email, name: values.requester.name || undefined } : undefined;
    create.mutate(
      {
        key,
        body: { subject: values.subject, body: values.body, priority: staff ? values.priority : undefined, requester, attachment_ids: attachments.ids },
      },
      {
        onSuccess: (ticket) => {
          draft.forget({ keepForm: true });
          clearFiles();
          letGo();
          toast({ tone: "success", title: t("ticket.createdToast", { number: ticket.number }) });
          void navigate(`${base}/${ticket.id}`, { replace: true });
        },
        onError: (error) => {
          setKey(uniqueKey());
          for (const [field, message] of Object.entries(fieldErrors((name) => i18n.exists(name), error))) form.setError(field as keyof Values, { message });
        },
      },
    );
  });
  const failure = create.isError ? explain(t, create.error) : null;

  return (
    <Page title={t("ticket.new")} width="narrow">
      <Card className="p-4 sm:p-6">
        <form onSubmit={submit} noValidate className="grid gap-4">
          {failure && (
            <Alert tone="danger" title={failure.title} live>
              {failure.action}
            </Alert>
          )}
          {draft.restored && (
            <Alert
              tone="info"
              title={t("ticket.draftRestored")}
              actions={
                <Button size="sm" onClick={discard}>
                  {t("ticket.draftDiscard")}
                </Button>
              }
            />
          )}
          {staff && (
            <div className="grid gap-4 sm:grid-cols-2">
              <Field label={t("ticket.requesterEmail")} error={text(errors.requester?.email?.message)} required>
                {(control) => <Input {...control} {...form.register("requester.email")} type="email" dir="ltr" autoComplete="off" />}
              </Field>
              <Field label={t("ticket.requesterName")} error={text(errors.requester?.name?.message)}>
                {(control) => <Input {...control} {...form.register("requester.name")} dir="auto" autoComplete="off" />}
              </Field>
            </div>
          )}
          <Field label={t("ticket.subject")} hint={staff ? undefined : t("ticket.subjectHint")} error={text(errors.subject?.message)} required>
            {(control) => <Input {...control} {...form.register("subject")} dir="auto" maxLength={255} />}
          </Field>
          <Field label={t("ticket.message")} hint={staff ? t("ticket.messageHintStaff") : t("ticket.messageHint")} error={text(errors.body?.message)} required>
            {(control) => (
              <Textarea
                {...control}
                {...form.register("body")}
                dir="auto"
                rows={8}
              />
            )}
          </Field>
          {staff && (
            <Field label={t("ticket.priority")} className="sm:w-56">
              {(control) => (
                <Select {...control} {...form.register("priority")}>
                  {PRIORITIES.map((priority) => (
                    <option key={priority} value={priority}>
                      {t(`priority.${priority}`)}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
          )}
          <PendingFiles files={attachments.files} onRemove={attachments.remove} />
          <div className="flex flex-wrap justify-between gap-2 border-t pt-4">
            <AttachButton onFiles={attachments.add} label />
            <span className="ms-auto flex gap-2">
              <Button onClick={() => void navigate(-1)}>{t("common.cancel")}</Button>
              <Button type="submit" variant="primary" busy={create.isPending} disabled={attachments.busy || attachments.failed}>
                {t("ticket.create")}
              </Button>
            </span>
          </div>
        </form>
      </Card>
    </Page>
  );
}
