import { useState } from "react";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { fieldErrors } from "@/api/problem";
import type { Locale, User } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Ltr } from "@/components/mono";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { useRoles } from "@/features/roles/data/queries";
import { useMay, useUser as useSelf } from "@/features/shell/use-user";
import { letGo, useLeaveGuard } from "@/lib/use-leave-guard";
import { SignIns } from "./sign-ins";
import { StatusBadge } from "./status-badge";
import { useUser, useUserAction, type UserAction } from "./data/queries";

export function UserPage() {
  const { id = "" } = useParams();
  const user = useUser(id);
  if (user.isPending) return <Skeleton className="m-6 h-96 max-w-3xl" />;
  if (!user.data) return <ErrorState page error={user.error} onRetry={() => void user.refetch()} />;
  return <Details key={id} user={user.data} />;
}

function Details({ user }: { user: User }) {
  const { t } = useTranslation();
  const own = useSelf().id === user.id;
  const logins = useMay("security.view");
  const signIns = useMay("sessions.manage");
  return (
    <Page
      title={user.name}
      back={{ to: "/admin/users", label: t("person.back") }}
      description={
        <span className="flex flex-wrap items-center gap-2">
          <Ltr>{user.email}</Ltr>
          <StatusBadge status={user.status} />
          {user.last_login_at && (
            <span>
              {t("person.lastLogin")} <Time at={user.last_login_at} />
            </span>
          )}
          {logins && (
            <Link to={`/admin/logins?q=${encodeURIComponent(user.email)}`} className="inline-flex min-h-[24px] items-center underline underline-offset-2">
              {t("nav.logins")}
            </Link>
          )}
        </span>
      }
      actions={!own && <Actions user={user} />}
      width="narrow"
    >
      <Profile user={user} readOnly={own} />
      <Role user={user} readOnly={own} />
      {signIns && <SignIns user={user} readOnly={own} />}
    </Page>
  );
}

type ProfileForm = { name: string; phone: string; locale: Locale };

function Profile({ user, readOnly }: { user: User; readOnly: boolean }) {
  const { t, i18n } = useTranslation();
  const fixed = !useMay("users.edit") || readOnly;
  const save = useUserAction(user);
  const present = { name: user.name, phone: user.phone ?? "", locale: user.locale };
  const form = useForm<ProfileForm>({ defaultValues: present, values: present, resetOptions: { keepDirtyValues: true } });
  const { errors, isDirty } = form.formState;
  useLeaveGuard(isDirty);
  const text = (message: string | undefined) => (message ? t(message) : undefined);
  const submit = form.handleSubmit((values) =>
    save.mutate(
      { action: "change", ...values },
      {
        onSuccess: () => {
          form.reset(values);
          toast({ tone: "success", title: t("person.saved") });
        },
        onError: (error) => {
          for (const [field, message] of Object.entries(fieldErrors((name) => i18n.exists(name), error))) form.setError(field as keyof ProfileForm, { message });
        },
      },
    ),
  );
  return (
    <Card className="p-4 sm:p-6">
      <form onSubmit={submit} noValidate className="grid items-start gap-4 sm:grid-cols-2">
        <Field label={t("person.name")} error={text(errors.name?.message)} required>
          {(control) => <Input {...control} {...form.register("name", { required: "field.empty" })} dir="auto" readOnly={fixed} />}
        </Field>
        <Field label={t("person.phone")} error={text(errors.phone?.message)}>
          {(control) => <Input {...control} {...form.register("phone")} type="tel" dir="ltr" readOnly={fixed} />}
        </Field>
        <Field label={t("person.locale")}>
          {(control) => (
            <Select {...control} {...form.register("locale")} disabled={fixed}>
              <option value="fr">Français</option>
              <option value="en">English</option>
              <option value="ar">العربية</option>
            </Select>
          )}
        </Field>
        {!fixed && (
          <div className="flex items-end justify-end self-end">
            <Button type="submit" variant="primary" disabled={!isDirty} busy={save.isPending}>
              {t("common.save")}
            </Button>
          </div>
        )}
      </form>
    </Card>
  );
}

function Role({ user, readOnly }: { user: User; readOnly: boolean }) {
  const { t } = useTranslation();
  const roles = useRoles();
  const assign = useUserAction(user);
  const fixed = !useMay("users.assign_roles") || readOnly;
  return (
    <Card className="p-4 sm:p-6">
      <Field label={t("person.role")} hint={t("person.roleHint")}>
        {(control) => (
          <Select
            {...control}
            value={user.role.id}
            disabled={fixed || assign.isPending}
            onChange={(event) => assign.mutate({ action: "role", role_id: event.target.value }, { onSuccess: () => toast({ tone: "success", title: t("person.saved") }) })}
          >
            {roles.data?.items.map((role) => (
              <option key={role.id} value={role.id}>
                {role.name ?? t([`role.${role.key}`, "role.other"])}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </Card>
  );
}

function Actions({ user }: { user: User }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const run = useUserAction(user);
  const [asking, setAsking] = useState<"suspend" | "delete" | null>(null);
  const maySuspend = useMay("users.suspend");
  const mayDelete = useMay("users.delete");
  const mayInvite = useMay("users.create");
  const now = (action: "reactivate" | "invite") =>
    run.mutate({ action }, { onSuccess: () => toast({ tone: "success", title: t(action === "invite" ? "person.invited" : "person.saved", { email: user.email }) }) });
  const confirmed = (action: UserAction["action"]) =>
    run.mutate({ action } as UserAction, {
      onSuccess: () => {
        if (action !== "delete") return;
        letGo();
        void navigate("/admin/users");
      },
      onSettled: () => setAsking(null),
    });
  return (
    <>
      {mayInvite && user.status === "pending" && <Button onClick={() => now("invite")}>{t("person.inviteAgain")}</Button>}
      {maySuspend && user.status === "suspended" && <Button onClick={() => now("reactivate")}>{t("person.reactivate")}</Button>}
      {maySuspend && user.status === "active" && <Button onClick={() => setAsking("suspend")}>{t("person.suspend")}</Button>}
      {mayDelete && <Button onClick={() => setAsking("delete")}>{t("common.delete")}</Button>}
      <ConfirmDialog
        open={asking !== null}
        title={t(asking === "delete" ? "person.deleteTitle" : "person.suspendTitle", { name: user.name })}
        description={t(asking === "delete" ? "person.deleteText" : "person.suspendText")}
        confirm={t(asking === "delete" ? "common.delete" : "person.suspend")}
        danger
        busy={run.isPending}
        onCancel={() => setAsking(null)}
        onConfirm={() => asking && confirmed(asking)}
      />
    </>
  );
}
