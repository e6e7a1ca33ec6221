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
import { LoadMore } from "@/components/ui/load-more";
import { useUser } from "@/features/shell/use-user";
import { ROLES, useChangeMember, useMembers, useRemoveMember, type Customer, type Member, type MemberRole } from "../data/queries";
import { AddMember } from "./add-member";
import { Invitations } from "./invitations";
import { allows } from "./overview";

/** Who acts for a customer. Staff add accounts; members manage those whom their own role allows. */
export function Members({ customer, staff }: { customer: Customer; staff: boolean }) {
  const { t } = useTranslation();
  const { query, rows } = useMembers(customer.id);
  const change = useChangeMember(customer.id);
  const remove = useRemoveMember(customer.id);
  const user = useUser();
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Member | null>(null);
  const manage = allows(customer, "manage_members");
  if (query.isPending) return <ListSkeleton />;
  if (!query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const roles = ROLES.map((value) => ({ value, label: t(`memberRole.${value}`) }));
  return (
    <div className="grid max-w-3xl gap-4">
      {staff && manage && (
        <Button variant="primary" className="justify-self-start" onClick={() => setAdding(true)}>
          <UserPlus aria-hidden />
          {t("customer.addMember")}
        </Button>
      )}
      {rows.length === 0 && <Empty icon={UserPlus} title={t("customer.noMembers")} />}
      <ul className="grid gap-2">
        {rows.map((member) => (
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
      <LoadMore more={query.hasNextPage} busy={query.isFetchingNextPage} failed={query.isFetchNextPageError} onMore={() => void query.fetchNextPage()} />
      {manage && <Invitations customer={customer} />}
      {adding && <AddMember id={customer.id} roles={roles} onClose={() => setAdding(false)} />}
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
