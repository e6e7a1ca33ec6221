import { ShieldQuestion } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { ListSkeleton } from "@/components/list-skeleton";
import { Ltr } from "@/components/mono";
import { Time } from "@/components/time";
import { Badge, type Tone } from "@/components/ui/badge";
import { Card, CardTitle } from "@/components/ui/card";
import { useSecurity } from "../data/queries";

const OUTCOME: Record<string, Tone> = { success: "success", challenge: "info", failure: "warning", blocked: "danger" };

/** How the people who act for a customer sign in. */
export function Security({ id }: { id: string }) {
  const { t } = useTranslation();
  const security = useSecurity(id);
  if (security.isPending) return <ListSkeleton />;
  if (security.isError) return <ErrorState error={security.error} onRetry={() => void security.refetch()} />;
  const { accounts, logins } = security.data;
  if (accounts.length === 0) return <Empty icon={ShieldQuestion} title={t("customer.noMembers")} />;
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <ul className="grid gap-3">
        {accounts.map((account) => (
          <li key={account.user_id}>
            <Card className="grid gap-1 p-3 text-sm">
              <CardTitle>
                <bdi>{account.name}</bdi>
              </CardTitle>
              <p className="text-muted-foreground">{t("customer.openSessions", { n: account.sessions })}</p>
              <p className="text-muted-foreground">{t("customer.failedLogins", { n: account.failures })}</p>
              {account.last_login_at && (
                <p className="text-muted-foreground">
                  {t("customer.lastLogin")} <Time at={account.last_login_at} />
                </p>
              )}
              {account.password_changed_at && (
                <p className="text-muted-foreground">
                  {t("customer.passwordChanged")} <Time at={account.password_changed_at} />
                </p>
              )}
            </Card>
          </li>
        ))}
      </ul>
      <Card className="grid gap-3 p-4 text-sm">
        <CardTitle>{t("customer.logins")}</CardTitle>
        <ol className="grid gap-1.5">
          {logins.map((login) => (
            <li key={login.id} className="flex flex-wrap items-center gap-1.5">
              <Badge tone={OUTCOME[login.outcome] ?? "neutral"}>{t(`loginOutcome.${login.outcome}`)}</Badge>
              <bdi>{login.name}</bdi>
              {login.ip && <Ltr className="text-muted-foreground">{login.ip}</Ltr>}
              {!login.known_device && <Badge>{t("customer.newDevice")}</Badge>}
              <Time at={login.at} className="text-muted-foreground" />
            </li>
          ))}
        </ol>
      </Card>
    </div>
  );
}
