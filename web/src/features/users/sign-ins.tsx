import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { MonitorSmartphone } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { api, call } from "@/api/client";
import type { User, UserSession } from "@/api/types";
import { TextAreaField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { DataList } from "@/components/list/data-list";
import { RowTitle } from "@/components/list/row-title";
import { Ltr } from "@/components/mono";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { toast } from "@/components/ui/toast";
import { useDataTable } from "@/components/ui/use-data-table";
import { Device } from "@/features/security/components/device";
import { useMay } from "@/features/shell/use-user";
import { useEndUserSessions, useSignIns } from "./data/sign-ins";

const column = createColumnHelper<UserSession>();
const NONE: UserSession[] = [];

/** Where somebody is signed in and by what he proves who he is, with the means to end both. */
export function SignIns({ user, readOnly }: { user: User; readOnly: boolean }) {
  const { t } = useTranslation();
  const signIns = useSignIns(user.id);
  const columns = useMemo(() => {
    const place = (item: UserSession) => (item.ip ? <Ltr>{item.ip}</Ltr> : t("ownSession.unknownPlace"));
    return [
      column.display({
        id: "device",
        header: t("ownSession.device"),
        cell: ({ row: { original: item } }) => (
          <RowTitle
            sub={
              <span>
                {t("ownSession.since")} <Time at={item.created_at} /> · {item.methods.map((method) => t([`proof.${method}`, "proof.other"])).join(", ")}
              </span>
            }
            phone={
              <span>
                {place(item)} · <Time at={item.last_seen_at} />
              </span>
            }
          >
            <Device userAgent={item.user_agent} />
          </RowTitle>
        ),
      }),
      column.display({ id: "place", header: t("ownSession.place"), meta: { className: "hidden sm:table-cell w-36" }, cell: ({ row }) => place(row.original) }),
      column.accessor("last_seen_at", { header: t("ownSession.lastSeen"), meta: { className: "hidden sm:table-cell w-36" }, cell: ({ getValue }) => <Time at={getValue()} /> }),
      column.display({
        id: "actions",
        header: () => <span className="sr-only">{t("common.actions")}</span>,
        meta: { className: "w-28 text-end" },
        cell: ({ row: { original: item } }) => !readOnly && <End user={user} id={item.id} />,
      }),
    ] as ColumnDef<UserSession, never>[];
  }, [t, user, readOnly]);
  const rows = signIns.data?.sessions ?? NONE;
  const table = useDataTable({ name: "user-sessions", rows, columns, rowId: (item) => item.id });
  return (
    <Card className="grid gap-4 p-4 sm:p-6">
      <div className="flex flex-wrap items-center gap-2">
        <h2 className="grow text-base font-semibold">{t("signIns.title")}</h2>
        {!readOnly && rows.length > 0 && <EndAll user={user} />}
      </div>
      <DataList table={table} query={signIns} label={t("signIns.title")} empty={{ icon: MonitorSmartphone, title: t("ownSession.none") }} expected={2} />
      {signIns.data && (
        <>
          <div className="flex flex-wrap items-center gap-2 text-sm">
            <span className="font-medium">{t("signIns.factors")}</span>
            <span className="grow text-muted-foreground">
              {signIns.data.methods.length > 0 ? signIns.data.methods.map((method) => t([`loginMethod.${method}`, "proof.other"])).join(", ") : t("signIns.noFactors")}
            </span>
            {!readOnly && signIns.data.methods.length > 0 && <ResetFactors user={user} />}
          </div>
          <section className="grid gap-1 text-sm">
            <h3 className="font-medium">{t("signIns.devices")}</h3>
            {signIns.data.devices.length === 0 && <p className="text-muted-foreground">{t("signIns.noDevices")}</p>}
            <ul className="grid gap-1">
              {signIns.data.devices.map((device) => (
                <li key={device.id} className="flex flex-wrap gap-x-2 text-muted-foreground">
                  <Device userAgent={device.user_agent} />
                  {device.ip && <Ltr>{device.ip}</Ltr>}
                  <Time at={device.last_seen_at} />
                </li>
              ))}
            </ul>
          </section>
        </>
      )}
    </Card>
  );
}

function End({ user, id }: { user: User; id: string }) {
  const { t } = useTranslation();
  const end = useEndUserSessions(user.id);
  return (
    <Button size="sm" busy={end.isPending} onClick={() => end.mutate(id, { onSuccess: () => toast({ tone: "success", title: t("ownSession.ended") }) })}>
      {t("ownSession.end")}
    </Button>
  );
}

function EndAll({ user }: { user: User }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const end = useEndUserSessions(user.id);
  return (
    <>
      <Button onClick={() => setAsking(true)}>{t("signIns.endAll")}</Button>
      <ConfirmDialog
        open={asking}
        title={t("signIns.endAllTitle", { name: user.name })}
        description={t("signIns.endAllText")}
        confirm={t("signIns.endAll")}
        danger
        busy={end.isPending}
        onCancel={() => setAsking(false)}
        onConfirm={() =>
          end.mutate(null, {
            onSuccess: () => toast({ tone: "success", title: t("signIns.allEnded") }),
            onSettled: () => setAsking(false),
          })
        }
      />
    </>
  );
}

const schema = z.object({ reason: z.string().trim().min(5, "field.invalid_reason").max(500, "field.invalid_reason") });

function ResetFactors({ user }: { user: User }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const mayEdit = useMay("users.edit");
  const maySecure = useMay("security.manage");
  if (!mayEdit || !maySecure) return null;
  return (
    <>
      <Button onClick={() => setAsking(true)}>{t("signIns.reset")}</Button>
      {asking && <ResetDialog user={user} onClose={() => setAsking(false)} />}
    </>
  );
}

function ResetDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const signIns = useSignIns(user.id);
  const form = useAppForm({
    schema,
    values: { reason: "" },
    save: (body) => call(api.POST("/api/v1/users/{id}/second-factor/reset", { params: { path: { id: user.id } }, body })),
    onSaved: () => {
      void signIns.refetch();
      toast({ tone: "success", title: t("signIns.resetDone") });
      onClose();
    },
  });
  return (
    <FormDialog form={form} title={t("signIns.resetTitle", { name: user.name })} description={t("signIns.resetText")} confirm={t("signIns.reset")} danger onClose={onClose}>
      <TextAreaField form={form} name="reason" label={t("signIns.reason")} hint={t("signIns.reasonHint")} required dir="auto" data-autofocus />
    </FormDialog>
  );
}
