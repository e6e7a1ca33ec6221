import { MailPlus, Send, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { ErrorState } from "@/components/error-state";
import { SelectField, TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { ListSkeleton } from "@/components/list-skeleton";
import { Ltr } from "@/components/mono";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { toast } from "@/components/ui/toast";
import { useFormat } from "@/lib/use-format";
import { useInvitations, useInvite, useResendInvitation, useRevokeInvitation, type Invitation } from "../data/invitations";
import { ROLES, type Customer } from "../data/queries";

/** Who was invited to act for a customer and has not accepted yet. */
export function Invitations({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const format = useFormat();
  const open = useInvitations(customer.id);
  const resend = useResendInvitation(customer.id);
  const revoke = useRevokeInvitation(customer.id);
  const [inviting, setInviting] = useState(false);
  const [leaving, setLeaving] = useState<Invitation | null>(null);
  return (
    <section aria-labelledby="invitations" className="grid gap-3">
      <header className="flex flex-wrap items-center justify-between gap-2">
        <h2 id="invitations" className="text-sm font-semibold">
          {t("customer.invitations")}
        </h2>
        <Button variant="primary" onClick={() => setInviting(true)}>
          <MailPlus aria-hidden />
          {t("customer.invite")}
        </Button>
      </header>
      {open.isPending ? (
        <ListSkeleton rows={1} />
      ) : !open.data ? (
        <ErrorState error={open.error} onRetry={() => void open.refetch()} />
      ) : open.data.length === 0 ? (
        <p className="text-sm text-muted-foreground">{t("customer.noInvitations")}</p>
      ) : (
        <ul className="grid gap-2">
          {open.data.map((one) => (
            <li key={one.id}>
              <Card className="flex flex-wrap items-center justify-between gap-2 p-3 text-sm">
                <div className="min-w-0">
                  <Ltr className="font-medium break-all">{one.email}</Ltr>
                  <p className="text-muted-foreground">{t("customer.invitedUntil", { by: one.invited_by, at: format.dateTime(one.expires_at) })}</p>
                </div>
                <div className="flex items-center gap-1.5">
                  <Badge>{t(`memberRole.${one.role}`)}</Badge>
                  <Button
                    variant="ghost"
                    size="icon-sm"
                    aria-label={t("customer.inviteAgain", { email: one.email })}
                    busy={resend.isPending && resend.variables === one.id}
                    onClick={() => resend.mutate(one.id, { onSuccess: () => toast({ tone: "success", title: t("customer.invited", { email: one.email }) }) })}
                  >
                    <Send aria-hidden className="flip-rtl" />
                  </Button>
                  <Button variant="ghost" size="icon-sm" aria-label={t("customer.inviteRevoke", { email: one.email })} onClick={() => setLeaving(one)}>
                    <Trash2 aria-hidden />
                  </Button>
                </div>
              </Card>
            </li>
          ))}
        </ul>
      )}
      {inviting && <Invite customer={customer} onClose={() => setInviting(false)} />}
      <ConfirmDialog
        open={leaving !== null}
        title={t("customer.inviteRevoke", { email: leaving?.email ?? "" })}
        description={t("customer.inviteRevokeText")}
        confirm={t("customer.revokeNow")}
        danger
        busy={revoke.isPending}
        onCancel={() => setLeaving(null)}
        onConfirm={() => leaving && revoke.mutate(leaving.id, { onSettled: () => setLeaving(null) })}
      />
    </section>
  );
}

const schema = z.object({ email: z.email("field.not_an_address"), role: z.enum(ROLES) });

function Invite({ customer, onClose }: { customer: Customer; onClose: () => void }) {
  const { t } = useTranslation();
  const invite = useInvite(customer.id);
  const form = useAppForm<z.infer<typeof schema>>({
    schema,
    values: { email: "", role: "viewer" },
    save: (body, { key }) => invite.mutateAsync({ body, key }),
    onSaved: onClose,
    guard: false,
  });
  // Only owners make owners.
  const offered = ROLES.filter((role) => role !== "owner" || customer.my_role === "owner" || customer.my_role == null);
  return (
    <FormDialog form={form} title={t("customer.invite")} confirm={t("customer.inviteNow")} onClose={onClose}>
      <p className="text-sm text-muted-foreground">{t("customer.inviteText")}</p>
      <TextField form={form} name="email" label={t("customer.email")} dir="ltr" type="email" required autoComplete="off" data-autofocus />
      <SelectField form={form} name="role" label={t("customer.role")} options={offered.map((value) => ({ value, label: t(`memberRole.${value}`) }))} />
    </FormDialog>
  );
}
