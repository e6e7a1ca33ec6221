import { useState } from "react";
import { Controller, useForm, useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import { asApiError, explain, fieldErrors } from "@/api/problem";
import type { PermissionCategory, Role } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Page } from "@/components/page";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Checkbox } from "@/components/ui/checkbox";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { useMay } from "@/features/shell/use-user";
import { letGo, useLeaveGuard } from "@/lib/use-leave-guard";
import { PermissionEditor } from "./components/permission-editor";
import { RoleName } from "./components/role-name";
import { useDeleteRole, usePermissions, useRoles, useSaveRole } from "./data/queries";
import { inherited, keyFor, possibleParents, toForm, toInput, type RoleForm } from "./data/role";

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
  if (roles.isError || permissions.isError) {
    const retry = () => void Promise.all([roles.refetch(), permissions.refetch()]);
    return <ErrorState page error={roles.error ?? permissions.error} onRetry={retry} />;
  }
  if (!roles.data || !permissions.data) return <Skeleton className="m-6 h-96 max-w-6xl" />;
  const role = roles.data.items.find((one) => one.id === id);
  if (id && !role) return <Page title={t("roleAdmin.gone")} back={{ to: "/admin/roles", label: t("roleAdmin.back") }}>{null}</Page>;
  return <Editor role={role} all={roles.data.items} categories={permissions.data.items} reload={() => void roles.refetch()} />;
}

interface EditorProps {
  role?: Role;
  all: Role[];
  categories: PermissionCategory[];
  reload: () => void;
}

function Editor({ role, all, categories, reload }: EditorProps) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const may = useMay("roles.edit");
  const readOnly = !may || role?.system === true;
  const form = useForm<RoleForm>({ defaultValues: toForm(role), values: role && toForm(role), resetOptions: { keepDirtyValues: true } });
  const { errors, isDirty, dirtyFields } = form.formState;
  const [seen, setSeen] = useState(role?.version ?? 0);
  if (role && !isDirty && seen !== role.version) setSeen(role.version);
  const save = useSaveRole(role && { id: role.id, version: seen });
  const parents = useWatch({ control: form.control, name: "parents" });
  useLeaveGuard(isDirty);

  const submit = form.handleSubmit((values) =>
    save.mutate(toInput(values), {
      onSuccess: () => {
        toast({ tone: "success", title: t("roleAdmin.saved") });
        letGo();
        void navigate("/admin/roles");
      },
      onError: (error) => {
        if (asApiError(error).code === "version_mismatch") reload();
        for (const [field, message] of Object.entries(fieldErrors((name) => i18n.exists(name), error))) {
          const name = field.split(".")[0] as keyof RoleForm;
          form.setError(name, { message });
        }
      },
    }),
  );
  const text = (message: string | undefined) => (message ? t(message) : undefined);
  const failure = save.isError ? explain(t, save.error) : null;
  const title = role ? (role.name ?? t([`role.${role.key}`, "role.other"])) : t("roleAdmin.new");
  const removable = role && !readOnly;
  return (
    <Page title={title} back={{ to: "/admin/roles", label: t("roleAdmin.back") }} actions={removable && <DeleteButton role={role} />}>
      <form onSubmit={submit} noValidate className="grid gap-4">
        {role?.system && <Alert tone="info" title={t("roleAdmin.systemText")} />}
        {failure && (
          <Alert tone="danger" title={failure.title} live>
            {failure.action}
          </Alert>
        )}
        {!role?.system && (
          <Card className="grid items-start gap-4 p-4 sm:grid-cols-2">
            <Field label={t("roleAdmin.name")} error={text(errors.name?.message)} required>
              {(control) => (
                <Input
                  {...control}
                  {...form.register("name", {
                    required: "field.empty",
                    onChange: (event: { target: { value: string } }) => {
                      if (!role && !dirtyFields.key) form.setValue("key", keyFor(event.target.value));
                    },
                  })}
                  dir="auto"
                  readOnly={readOnly}
                />
              )}
            </Field>
            <Field label={t("roleAdmin.key")} hint={t("roleAdmin.keyHint")} error={text(errors.key?.message)} required>
              {(control) => <Input {...control} {...form.register("key", { required: "field.empty" })} dir="ltr" readOnly={role !== undefined} autoComplete="off" />}
            </Field>
            <Field label={t("roleAdmin.description")} error={text(errors.description?.message)} className="sm:col-span-2">
              {(control) => <Input {...control} {...form.register("description")} dir="auto" readOnly={readOnly} />}
            </Field>
          </Card>
        )}
        <Controller
          control={form.control}
          name="parents"
          render={({ field }) => (
            <Card className="grid gap-2 p-4">
              <fieldset disabled={readOnly} className="grid gap-1">
                <legend className="text-sm font-medium">{t("roleAdmin.parents")}</legend>
                <p className="text-sm text-muted-foreground">{t("roleAdmin.parentsText")}</p>
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
              </fieldset>
              {errors.parents && <p className="text-sm text-danger">{text(errors.parents.message)}</p>}
            </Card>
          )}
        />
        <Card className="grid gap-3 p-4">
          <h2 className="text-sm font-medium">{t("roleAdmin.permissions")}</h2>
          <Controller
            control={form.control}
            name="permissions"
            render={({ field }) => (
              <PermissionEditor categories={categories} chosen={field.value} inherited={inherited(parents, all)} readOnly={readOnly} onChange={field.onChange} />
            )}
          />
        </Card>
        {!readOnly && (
          <div className="flex justify-end gap-2">
            <Button onClick={() => void navigate("/admin/roles")}>{t("common.cancel")}</Button>
            <Button type="submit" variant="primary" busy={save.isPending}>
              {t("common.save")}
            </Button>
          </div>
        )}
      </form>
    </Page>
  );
}

function DeleteButton({ role }: { role: Role }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const remove = useDeleteRole();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button onClick={() => setAsking(true)}>{t("common.delete")}</Button>
      <ConfirmDialog
        open={asking}
        title={t("roleAdmin.deleteTitle", { name: role.name })}
        description={t("roleAdmin.deleteText")}
        confirm={t("common.delete")}
        danger
        busy={remove.isPending}
        onCancel={() => setAsking(false)}
        onConfirm={() =>
          remove.mutate(role, {
            onSuccess: () => {
              letGo();
              void navigate("/admin/roles");
            },
            onSettled: () => setAsking(false),
          })
        }
      />
    </>
  );
}
