import { useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { z } from "zod";
import { PRIORITIES, type Ticket } from "@/api/types";
import { FileDrop } from "@/components/files/file-picker";
import { UploadList } from "@/components/files/upload-list";
import { useUploads, type KeptFile } from "@/components/files/use-uploads";
import { SelectField, TextField } from "@/components/form/fields";
import { Form, FormActions } from "@/components/form/form";
import { useAppForm, type AppForm } from "@/components/form/use-app-form";
import { Page } from "@/components/page";
import { Card } from "@/components/ui/card";
import { toast } from "@/components/ui/toast";
import { Suggestions } from "@/features/help/components/suggestions";
import { useMay } from "@/features/shell/use-user";
import { MarkdownField } from "@/features/writing/markdown-field";
import { after } from "@/lib/choices";
import { choices, useCategories } from "@/lib/use-categories";
import { projectChoices, useProjects } from "@/lib/use-projects";
import { useDraft } from "@/lib/use-draft";
import { useLeaveGuard } from "@/lib/use-leave-guard";
import { useSettled } from "@/lib/use-settled";
import { useCreateTicket } from "./data/mutations";

const common = {
  subject: z.string().trim().min(1, "field.empty").max(255, "field.too_long"),
  body: z.string().trim().min(1, "field.empty"),
  category: z.string(),
  project_id: z.string(),
  priority: z.enum(["", "low", "medium", "high", "urgent"]),
};
const customer = z.object({ ...common, requester: z.object({ email: z.string(), name: z.string() }) });
const staffOnly = z.object({
  ...common,
  requester: z.object({ email: z.email("field.not_an_address"), name: z.string().trim() }),
});
type Values = z.infer<typeof customer>;

const EMPTY: Values = { subject: "", body: "", category: "", project_id: "", priority: "", requester: { email: "", name: "" } };
const NO_FILES: KeptFile[] = [];

/** What the ticket is about; the sentence below says what belongs to the one that is chosen. */
function CategoryField({ form }: { form: AppForm<Values> }) {
  const { t, i18n } = useTranslation();
  const categories = useCategories();
  const chosen = useWatch({ control: form.control, name: "category" });
  const present = categories?.find(({ id, is_default }) => (chosen === "" ? is_default : id === chosen));
  if (categories?.length === 0) return null;
  const first = categories?.find(({ is_default }) => is_default);
  return (
    <SelectField
      form={form}
      name="category"
      label={t("ticket.category")}
      hint={present?.descriptions[i18n.language as keyof typeof present.descriptions] || undefined}
      options={after({ value: "", label: first?.path ?? t("ticket.noCategory") }, choices(categories, chosen)?.filter(({ value }) => value !== first?.id))}
    />
  );
}

/** The project that it is filed under: there where there is one to choose, and as long as one is chosen that is not offered any more. */
function ProjectField({ form, staff }: { form: AppForm<Values>; staff: boolean }) {
  const { t } = useTranslation();
  const written = useSettled(useWatch({ control: form.control, name: "requester.email" }).trim());
  // Staff open it in the projects of whoever asks, who has to be known.
  const asker = staff && staffOnly.shape.requester.shape.email.safeParse(written).success ? written : undefined;
  const may = useMay("projects.view");
  const known = !staff || (may && asker !== undefined);
  const offered = useProjects({ requester: asker, enabled: known });
  const projects = known ? offered : undefined;
  const held = useWatch({ control: form.control, name: "project_id" });
  if (!projects?.length && !held) return null;
  return <SelectField form={form} name="project_id" label={t("ticket.project")} hint={t(staff ? "ticket.projectHintStaff" : "ticket.projectHint")} options={after({ value: "", label: t("ticket.noProject") }, projectChoices(projects))} />;
}

/** Articles about what is written so far. */
function Spared({ form, onSolved }: { form: AppForm<Values>; onSolved: () => void }) {
  const [subject, body] = useWatch({ control: form.control, name: ["subject", "body"] });
  return <Suggestions subject={subject} body={body} onSolved={onSolved} />;
}

export function NewTicketPage() {
  return <NewTicket staff={false} base="/client/tickets" />;
}

export function NewDeskTicketPage() {
  return <NewTicket staff base="/desk/tickets" />;
}

function NewTicket({ staff, base }: { staff: boolean; base: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const create = useCreateTicket();
  const name = `new.${staff ? "desk" : "client"}`;
  const [files, setFiles, clearFiles] = useDraft<KeptFile[]>(`${name}.files`, NO_FILES, (list) => list.length === 0);
  const attachments = useUploads({ kept: files, onKept: setFiles });
  useLeaveGuard(attachments.busy);
  const form = useAppForm<Values, Ticket>({
    schema: staff ? staffOnly : customer,
    values: EMPTY,
    draft: name,
    besides: attachments.ids,
    save: ({ subject, body, category, project_id, priority, requester }, { key }) =>
      create.mutateAsync({
        key,
        body: {
          subject,
          body,
          format: "markdown",
          category_id: category || undefined,
          project_id: project_id || undefined,
          priority: priority || undefined,
          requester: staff ? { email: requester.email, name: requester.name || undefined } : undefined,
          attachment_ids: attachments.ids,
        },
      }),
    onSaved: (ticket) => {
      clearFiles();
      toast({ tone: "success", title: t("ticket.createdToast", { number: ticket.number }) });
      void navigate(`${base}/${ticket.id}`, { replace: true });
    },
  });

  return (
    <Page title={t("nav.newTicket")} width="narrow">
      <Card className="p-4 sm:p-6">
        <Form
          form={form}
          onDiscard={() => {
            attachments.clear();
            clearFiles();
          }}
        >
          {staff && (
            <div className="grid items-start gap-4 sm:grid-cols-2">
              <TextField form={form} name="requester.email" label={t("ticket.requesterEmail")} required type="email" dir="ltr" autoComplete="off" />
              <TextField form={form} name="requester.name" label={t("ticket.requesterName")} autoComplete="off" />
            </div>
          )}
          <TextField form={form} name="subject" label={t("ticket.subject")} hint={staff ? undefined : t("ticket.subjectHint")} required maxLength={255} />
          <MarkdownField form={form} name="body" label={t("ticket.message")} hint={t(staff ? "ticket.messageHintStaff" : "ticket.messageHint")} required />
          {!staff && (
            <Spared
              form={form}
              onSolved={() => {
                form.discard();
                attachments.clear();
                clearFiles();
                void navigate(base);
              }}
            />
          )}
          <div className="grid items-start gap-4 sm:grid-cols-2">
            <CategoryField form={form} />
            <ProjectField form={form} staff={staff} />
            {staff && (
              <SelectField
                form={form}
                name="priority"
                label={t("ticket.priority")}
                options={[{ value: "", label: t("ticket.priorityByCategory") }, ...PRIORITIES.map((value) => ({ value, label: t(`priority.${value}`) }))]}
              />
            )}
          </div>
          <FileDrop uploads={attachments} />
          <UploadList uploads={attachments} />
          {attachments.failed && (
            <p role="status" className="text-sm text-danger">
              {t("ticket.fileInTheWay")}
            </p>
          )}
          <FormActions form={form} save={t("ticket.create")} onCancel={() => void navigate(-1)} disabled={attachments.busy || attachments.failed} />
        </Form>
      </Card>
    </Page>
  );
}
