import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { z } from "zod";
import type { User } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { SelectField, TextField } from "@/components/form/fields";
import { Form } from "@/components/form/form";
import { useAppForm } from "@/components/form/use-app-form";
import { Ltr } from "@/components/mono";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { useRoleOptions } from "@/features/roles/data/queries";
import { EraseUser } from "@/features/privacy/erase-user";
import { Exports } from "@/features/privacy/exports";
import { roleName } from "@/features/roles/data/role";
import { useMay, useUser as useSelf } from "@/features/shell/use-user";
import { LOCALE_NAMES, LOCALES } from "@/i18n";
import { letGo } from "@/lib/use-leave-guard";
import { SignIns } from "./sign-ins";
import { StatusBadge } from "./status-badge";
import { useChangeUser, useUser, useUserAction, type UserAction } from "./data/queries";

export function UserPage() {
  const { id = "" } = useParams();
  const user = useUser(id);
  if (user.isPending) return <Skeleton className="m-6 h-96 max-w-3xl" />;
  if (!user.data) return <ErrorState page list="/admin/users" error={user.error} onRetry={() => void user.refetch()} />;
  return <Details key={id} user={user.data} reload={async () => (await user.refetch()).data} />;
}

function Details({ user, reload }: { user: User; reload: () => Promise<User | undefined> }) {
  const { t } = useTranslation();
  const own = useSelf().id === user.id;
  const logins = useMay("security.view");
  const trail = useMay("audit.view");
  const signIns = useMay("sessions.manage");
  const exports = useMay("persons.export");
  const erase = useMay("persons.erase");
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
          {trail && (
            <Link to={`/admin/audit?actor=${user.id}`} className="inline-flex min-h-[24px] items-center underline underline-offset-2">
              {t("person.activity")}
            </Link>
          )}
          {trail && (
            <Link to={`/admin/audit?q=${user.id}`} className="inline-flex min-h-[24px] items-center underline underline-offset-2">
              {t("person.history")}
            </Link>
          )}
        </span>
      }
      actions={!own && <Actions user={user} />}
      width="narrow"
    >
      <Profile user={user} reload={reload} readOnly={own} />
      <Role user={user} readOnly={own} />
      {signIns && <SignIns user={user} readOnly={own} />}
      {exports && <Exports user={user.id} />}
      {erase && !own && <EraseUser user={user} />}
    </Page>
  );
}

const schema = z.object({ name: z.string().trim().min(1, "field.empty"), phone: z.string().trim(), locale: z.enum(["fr", "en", "ar"]) });

function Profile({ user, reload, readOnly }: { user: User; reload: () => Promise<User | undefined>; readOnly: boolean }) {
  const { t } = useTranslation();
  const fixed = !useMay("users.edit") || readOnly;
  const change = useChangeUser(user.id);
  const form = useAppForm<z.infer<typeof schema>>({
    schema,
    values: { name: user.name, phone: user.phone ?? "", locale: user.locale },
    present: { version: user.version, reload },
    save: (body, { version }) => change.mutateAsync({ body, version }),
    onSaved: () => toast({ tone: "success", title: t("person.saved") }),
  });
  return (
    <Card className="p-4 sm:p-6">
      <Form form={form}>
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <TextField form={form} name="name" label={t("person.name")} required readOnly={fixed} />
          <TextField form={form} name="phone" label={t("person.phone")} type="tel" dir="ltr" readOnly={fixed} />
          <SelectField form={form} name="locale" label={t("person.locale")} disabled={fixed} options={LOCALES.map((value) => ({ value, label: LOCALE_NAMES[value] }))} />
          {!fixed && (
            <Button type="submit" variant="primary" className="self-end justify-self-end" disabled={!form.formState.isDirty} busy={form.formState.isSubmitting}>
              {t("common.save")}
            </Button>
          )}
        </div>
      </Form>
    </Card>
  );
}

function Role({ user, readOnly }: { user: User; readOnly: boolean }) {
  const { t } = useTranslation();
  const roles = useRoleOptions();
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
            {/* A role that is not in the list yet is at least the one he has. */}
            {!roles.some((role) => role.value === user.role.id) && <option value={user.role.id}>{roleName(t, user.role)}</option>}
            {roles.map((role) => (
              <option key={role.value} value={role.value}>
                {role.label}
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
  const [asking, setAsking] = useState<"suspend" | "deactivate" | "delete" | null>(null);
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
      {maySuspend && (user.status === "suspended" || user.status === "deactivated") && <Button onClick={() => now("reactivate")}>{t("person.reactivate")}</Button>}
      {maySuspend && user.status === "active" && <Button onClick={() => setAsking("suspend")}>{t("person.suspend")}</Button>}
      {maySuspend && (user.status === "active" || user.status === "suspended") && <Button onClick={() => setAsking("deactivate")}>{t("person.deactivate")}</Button>}
      {mayDelete && <Button onClick={() => setAsking("delete")}>{t("common.delete")}</Button>}
      <ConfirmDialog
        open={asking !== null}
        title={t(`person.${asking ?? "suspend"}Title`, { name: user.name })}
        description={t(`person.${asking ?? "suspend"}Text`)}
        confirm={asking === "delete" ? t("common.delete") : t(`person.${asking ?? "suspend"}`)}
        danger
        busy={run.isPending}
        onCancel={() => setAsking(null)}
        onConfirm={() => asking && confirmed(asking)}
      />
    </>
  );
}
