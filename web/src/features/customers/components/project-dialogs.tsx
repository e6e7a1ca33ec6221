import { useState } from "react";
import { useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import type { Project, ProjectDetail } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { SelectField, TextAreaField, TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { ListSkeleton } from "@/components/list-skeleton";
import { Ltr } from "@/components/mono";
import { TAG_COLOURS } from "@/components/tag";
import { Badge } from "@/components/ui/badge";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { toast } from "@/components/ui/toast";
import { useProject, useProjectPeople } from "@/lib/use-projects";
import { useSettled } from "@/lib/use-settled";
import { projectSchema, useAssignProject, useSaveProject, type ProjectForm } from "../data/projects";

/** A new project, or another name, description or colour of one. */
export function ProjectDialog({ customer, project, reload = () => Promise.resolve(undefined), onClose }: { customer: string; project?: Project; reload?: () => Promise<Project | undefined>; onClose: () => void }) {
  const { t } = useTranslation();
  const save = useSaveProject(customer, project);
  const form = useAppForm<ProjectForm, ProjectDetail>({
    schema: projectSchema,
    values: { name: project?.name ?? "", description: project?.description ?? "", colour: project?.colour ?? "" },
    present: project && { version: project.version, reload },
    save: (body, sending) => save.mutateAsync({ body, ...sending }),
    onSaved: ({ name }) => {
      toast({ tone: "success", title: t("project.saved", { name }) });
      onClose();
    },
  });
  return (
    <FormDialog form={form} title={t(project ? "project.edit" : "project.new")} confirm={t("common.save")} onClose={onClose}>
      <TextField form={form} name="name" label={t("project.name")} hint={t("project.nameHint")} required autoComplete="off" data-autofocus />
      <TextAreaField form={form} name="description" label={t("project.description")} rows={3} />
      <SelectField
        form={form}
        name="colour"
        label={t("project.colour")}
        options={[{ value: "", label: t("project.noColour") }, ...TAG_COLOURS.map((value) => ({ value, label: t(`tagColour.${value}`) }))]}
      />
    </FormDialog>
  );
}

/** Fewer people are seen at a glance. */
const SEARCHED_FROM = 9;

/** Who of the customer's people sees a project. */
export function AssignDialog({ project, onClose }: { project: Project; onClose: () => void }) {
  const { t } = useTranslation();
  const detail = useProject(project.id);
  if (detail.data) return <Assign detail={detail.data} reload={async () => (await detail.refetch()).data} onClose={onClose} />;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t("project.assignTitle", { name: project.name })}>
      {detail.isError ? <ErrorState error={detail.error} onRetry={() => void detail.refetch()} /> : <ListSkeleton rows={3} />}
    </Dialog>
  );
}

function Assign({ detail, reload, onClose }: { detail: ProjectDetail; reload: () => Promise<ProjectDetail | undefined>; onClose: () => void }) {
  const { t } = useTranslation();
  const assign = useAssignProject(detail.id);
  const form = useAppForm<{ user_ids: string[] }, ProjectDetail>({
    schema: z.object({ user_ids: z.array(z.string()) }),
    values: { user_ids: detail.people.filter(({ assigned }) => assigned).map(({ user_id }) => user_id) },
    present: { version: detail.version, reload },
    save: ({ user_ids }, { version }) => assign.mutateAsync({ people: user_ids, version }),
    onSaved: ({ name }) => {
      toast({ tone: "success", title: t("project.assignSaved", { name }) });
      onClose();
    },
  });
  const chosen = useWatch({ control: form.control, name: "user_ids" });
  const [text, setText] = useState("");
  const settled = useSettled(text.trim(), 250);
  const wanted = text.trim() === "" ? "" : settled;
  const found = useProjectPeople(detail.id, wanted);
  // Whoever was ticked among those who were found stays ticked when the list shows others.
  const shown = wanted === "" ? detail : found.data;
  const set = (id: string, on: boolean) =>
    form.setValue("user_ids", on ? [...chosen, id] : chosen.filter((each) => each !== id), { shouldDirty: true });
  return (
    <FormDialog form={form} title={t("project.assignTitle", { name: detail.name })} description={t("project.assignText")} confirm={t("common.save")} onClose={onClose}>
      {(detail.more_people || detail.people.length >= SEARCHED_FROM) && (
        <Field label={t("project.findPerson")} error={wanted !== "" && found.isError ? t("project.findPersonFailed") : undefined}>
          {(control) => (
            <Input
              {...control}
              type="search"
              dir={text === "" ? undefined : "auto"}
              autoComplete="off"
              maxLength={80}
              value={text}
              onChange={(event) => setText(event.target.value)}
              // To search is not to save.
              onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
            />
          )}
        </Field>
      )}
      <p role="status" className="text-sm text-muted-foreground empty:hidden">
        {shown?.people.length === 0 && !found.isFetching ? t("project.noPerson") : shown?.more_people ? t("project.morePeople") : ""}
      </p>
      <ul aria-label={t("project.people")} aria-busy={found.isFetching || undefined} className="grid max-h-80 gap-1 overflow-y-auto">
        {shown?.people.map(({ user_id, name, email, role }) => (
          <li key={user_id}>
            <label className="flex min-h-11 items-center gap-2.5 text-sm">
              <Checkbox checked={chosen.includes(user_id)} onCheckedChange={(on) => set(user_id, on === true)} />
              <span className="grid min-w-0">
                <span className="flex flex-wrap items-center gap-1.5">
                  <bdi className="font-medium">{name}</bdi>
                  <Badge>{t(`memberRole.${role}`)}</Badge>
                </span>
                <Ltr className="break-all text-xs text-muted-foreground">{email}</Ltr>
                {(role === "owner" || role === "admin") && <span className="text-xs text-muted-foreground">{t("project.seesAll")}</span>}
              </span>
            </label>
          </li>
        ))}
      </ul>
    </FormDialog>
  );
}
