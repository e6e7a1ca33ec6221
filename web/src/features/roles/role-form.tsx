import { Controller, useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import { z } from "zod";
import { fieldWords } from "@/api/problem";
import type { PermissionCategory, Role } from "@/api/types";
import { DeleteButton } from "@/components/delete-button";
import { ErrorState } from "@/components/error-state";
import { TextField } from "@/components/form/fields";
import { Form, FormActions } from "@/components/form/form";
import { useAppForm } from "@/components/form/use-app-form";
import { Page } from "@/components/page";
import { Alert } from "@/components/ui/alert";
import { Card } from "@/components/ui/card";
import { Checkbox } from "@/components/ui/checkbox";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { useMay } from "@/features/shell/use-user";
import { PermissionEditor } from "./components/permission-editor";
import { RoleName } from "./components/role-name";
import { useDeleteRole, usePermissions, useRoles, useSaveRole } from "./data/queries";
import { inherited, keyFor, possibleParents, roleName, toForm, type RoleForm } from "./data/role";

export function NewRolePage() {
  return <Loaded />;
}

export function RolePage() {
  const { id = "" } = useParams();
  return <Loaded key={id} id={id} />;
}

function Loaded({ id }: { id?: string }) {
  const { t } = useTranslation();
  const roles = useRoles();
  const permissions = usePermissions();
  const failed = [roles, permissions].find((query) => query.isError && !query.data);
  if (failed) return <ErrorState page list="/admin/roles" error={failed.error} onRetry={() => void Promise.all([roles.refetch(), permissions.refetch()])} />;
  if (!roles.data || !permissions.data) return <Skeleton className="m-6 h-96 max-w-6xl" />;
  const role = roles.data.items.find((one) => one.id === id);
  if (id && !role) return <Page title={t("roleAdmin.gone")} back={{ to: "/admin/roles", label: t("roleAdmin.back") }}>{null}</Page>;
  return <Editor role={role} all={roles.data.items} categories={permissions.data.items} reload={async () => (await roles.refetch()).data?.items.find((one) => one.id === id)} />;
}

interface EditorProps {
  role?: Role;
  all: Role[];
  categories: PermissionCategory[];
  reload: () => Promise<Role | undefined>;
}

const schema = z.object({
  key: z.string().trim().min(1, "field.empty"),
  name: z.string().trim().min(1, "field.empty"),
  description: z.string().trim(),
  permissions: z.array(z.string()),
  parents: z.array(z.string()),
});

function Editor({ role, all, categories, reload }: EditorProps) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const may = useMay("roles.edit");
  const readOnly = !may || role?.system === true;
  const save = useSaveRole(role?.id);
  const form = useAppForm<RoleForm>({
    schema,
    values: toForm(role),
    present: role && { version: role.version, reload },
    save: (values, sending) => save.mutateAsync({ body: values, ...sending }),
    onSaved: () => {
      toast({ tone: "success", title: t("roleAdmin.saved") });
      void navigate("/admin/roles");
    },
  });
  const { errors, dirtyFields } = form.formState;
  const parents = useWatch({ control: form.control, name: "parents" });
  const said = (message: string | undefined) => message && fieldWords(i18n, message);
  const title = role ? roleName(t, role) : t("roleAdmin.new");
  return (
    <Page title={title} back={{ to: "/admin/roles", label: t("roleAdmin.back") }} actions={role && !readOnly && <Remove role={role} />}>
      <Form form={form}>
        {role?.system && <Alert tone="info" title={t("roleAdmin.systemText")} />}
        {!role?.system && (
          <Card className="grid items-start gap-4 p-4 sm:grid-cols-2">
            <TextField
              form={form}
              name="name"
              label={t("roleAdmin.name")}
              required
              readOnly={readOnly}
              onInput={(event) => {
                if (!role && !dirtyFields.key) form.setValue("key", keyFor(event.currentTarget.value));
              }}
            />
            <TextField form={form} name="key" label={t("roleAdmin.key")} hint={t("roleAdmin.keyHint")} required dir="ltr" readOnly={role !== undefined} autoComplete="off" />
            <TextField form={form} name="description" label={t("roleAdmin.description")} readOnly={readOnly} className="sm:col-span-2" />
          </Card>
        )}
        <Controller
          control={form.control}
          name="parents"
          render={({ field }) => (
            <Section title={t("roleAdmin.parents")}>
              <fieldset disabled={readOnly} aria-label={t("roleAdmin.parents")} className="grid gap-1">
                <p className="pb-1 text-sm text-muted-foreground">{t("roleAdmin.parentsText")}</p>
                <div className="grid gap-x-6 sm:grid-cols-2 lg:grid-cols-3">
                  {possibleParents(role?.id, all).map((one) => (
                    <label key={one.id} className="flex min-h-8 items-center gap-2.5 text-sm">
                      <Checkbox
                        checked={field.value.includes(one.id)}
                        disabled={readOnly}
                        onCheckedChange={(on) => field.onChange(on === true ? [...field.value, one.id] : field.value.filter((id) => id !== one.id))}
                      />
                      <RoleName role={one} />
                    </label>
                  ))}
                </div>
                {errors.parents && (
                  <p role="alert" className="text-xs font-medium text-danger">
                    {said(errors.parents.message)}
                  </p>
                )}
              </fieldset>
            </Section>
          )}
        />
        <Section title={t("roleAdmin.permissions")}>
          <div className="grid gap-3">
            {errors.permissions && (
              <p role="alert" className="text-xs font-medium text-danger">
                {said(errors.permissions.message)}
              </p>
            )}
            <Controller
              control={form.control}
              name="permissions"
              render={({ field }) => (
                <PermissionEditor categories={categories} chosen={field.value} inherited={inherited(parents, all)} readOnly={readOnly} onChange={field.onChange} />
              )}
            />
          </div>
        </Section>
        {!readOnly && <FormActions form={form} onCancel={() => void navigate("/admin/roles")} />}
      </Form>
    </Page>
  );
}

function Remove({ role }: { role: Role }) {
  const { t } = useTranslation();
  const remove = useDeleteRole();
  return (
    <DeleteButton
      title={t("roleAdmin.deleteTitle", { name: role.name })}
      text={t("roleAdmin.deleteText")}
      remove={() => remove.mutateAsync(role)}
      to="/admin/roles"
    />
  );
}
