import { UserPlus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { ListSkeleton } from "@/components/list-skeleton";
import { Ltr } from "@/components/mono";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Select } from "@/components/ui/input";
import { useUser } from "@/features/shell/use-user";
import { ROLES, useChangeMember, useInvitations, useInvite, useMembers, useRemoveMember, useWithdraw, type Customer, type Member, type MemberRole } from "../data/queries";
import { allows } from "./overview";
import { SmallForm } from "./small-form";

/** Who acts for a customer. Whoever manages members invites by mail, so that nobody learns which addresses have accounts. */
export function Members({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const members = useMembers(customer.id);
  const add = useInvite(customer.id);
  const change = useChangeMember(customer.id);
  const remove = useRemoveMember(customer.id);
  const user = useUser();
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Member | null>(null);
  const manage = allows(customer, "manage_members");
  const invitations = useInvitations(customer.id, manage);
  const withdraw = useWithdraw(customer.id);
  if (members.isPending) return <ListSkeleton />;
  if (members.isError) return <ErrorState error={members.error} onRetry={() => void members.refetch()} />;
  const close = () => {
    add.reset();
    setAdding(false);
  };
  const roles = ROLES.map((value) => ({ value, label: t(`memberRole.${value}`) }));
  return (
    <div className="grid max-w-3xl gap-4">
      {manage && (
        <Button variant="primary" className="justify-self-start" onClick={() => setAdding(true)}>
          <UserPlus aria-hidden />
          {t("customer.invite")}
        </Button>
      )}
      {members.data.length === 0 && <Empty icon={UserPlus} title={t("customer.noMembers")} />}
      <ul className="grid gap-2">
        {members.data.map((member) => (
          <li key={member.user_id}>
            <Card className="flex flex-wrap items-center justify-between gap-2 p-3 text-sm">
              <div className="min-w-0">
                <p className="font-medium">
                  <bdi>{member.name}</bdi>
                </p>
                <Ltr className="break-all text-muted-foreground">{member.email}</Ltr>
              </div>
              <div className="flex items-center gap-1.5">
                {manage ? (
                  <Select
                    aria-label={t("customer.roleOf", { name: member.name })}
                    className="w-auto"
                    value={member.role}
                    onChange={(event) => change.mutate({ user_id: member.user_id, role: event.target.value as MemberRole })}
                  >
                    {roles.map((role) => (
                      <option key={role.value} value={role.value}>
                        {role.label}
                      </option>
                    ))}
                  </Select>
                ) : (
                  <Badge>{t(`memberRole.${member.role}`)}</Badge>
                )}
                {(manage || member.user_id === user.id) && (
                  <Button variant="ghost" size="icon-sm" aria-label={t("customer.removeMember", { name: member.name })} onClick={() => setLeaving(member)}>
                    <Trash2 aria-hidden />
                  </Button>
                )}
              </div>
            </Card>
          </li>
        ))}
      </ul>
      {(invitations.data ?? []).length > 0 && (
        <section className="grid gap-2">
          <h2 className="text-sm font-semibold">{t("customer.invitations")}</h2>
          <ul className="grid gap-2">
            {(invitations.data ?? []).map((invitation) => (
              <li key={invitation.id}>
                <Card className="flex flex-wrap items-center justify-between gap-2 p-3 text-sm">
                  <span className="min-w-0">
                    <Ltr className="break-all">{invitation.email}</Ltr> <Badge>{t(`memberRole.${invitation.role}`)}</Badge>
                  </span>
                  <Button onClick={() => withdraw.mutate(invitation.id)}>{t("customer.withdraw")}</Button>
                </Card>
              </li>
            ))}
          </ul>
        </section>
      )}
      {adding && (
        <SmallForm
          title={t("customer.invite")}
          fields={[
            { name: "email", label: t("customer.email"), dir: "ltr", required: true },
            { name: "role", label: t("customer.role"), start: "viewer", choices: roles },
          ]}
          error={add.error}
          busy={add.isPending}
          onClose={close}
          onSave={(values) => add.mutate({ email: values.email ?? "", role: values.role as MemberRole }, { onSuccess: close })}
        />
      )}
      <ConfirmDialog
        open={leaving !== null}
        title={t("customer.removeMember", { name: leaving?.name ?? "" })}
        description={t("customer.removeMemberText")}
        confirm={t("customer.remove")}
        danger
        busy={remove.isPending}
        onCancel={() => setLeaving(null)}
        onConfirm={() => leaving && remove.mutate(leaving.user_id, { onSettled: () => setLeaving(null) })}
      />
    </div>
  );
}
