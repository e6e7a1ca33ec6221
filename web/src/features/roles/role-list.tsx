import { Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Role } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Ltr } from "@/components/mono";
import { Page } from "@/components/page";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { useMay } from "@/features/shell/use-user";
import { RoleName } from "./components/role-name";
import { useRoles } from "./data/queries";

export function RoleListPage() {
  const { t } = useTranslation();
  const roles = useRoles();
  const create = useMay("roles.edit") && (
    <Button asChild variant="primary">
      <Link to="/admin/roles/new">
        <Plus aria-hidden />
        {t("roleAdmin.new")}
      </Link>
    </Button>
  );
  const items = roles.data?.items ?? [];
  return (
    <Page title={t("nav.roles")} description={t("roleAdmin.text")} actions={create}>
      {roles.isPending ? (
        <div aria-busy className="grid gap-3">
          <Skeleton className="h-16" />
          <Skeleton className="h-16" />
        </div>
      ) : roles.isError ? (
        <ErrorState error={roles.error} onRetry={() => void roles.refetch()} />
      ) : (
        <Card className="overflow-hidden">
          <ul aria-label={t("nav.roles")} className="divide-y">
            {items.map((role) => (
              <Row key={role.id} role={role} all={items} />
            ))}
          </ul>
        </Card>
      )}
    </Page>
  );
}

function Row({ role, all }: { role: Role; all: Role[] }) {
  const { t } = useTranslation();
  const parents = all.filter((one) => role.parents.includes(one.id));
  return (
    <li>
      <Link
        to={`/admin/roles/${role.id}`}
        className="grid gap-x-4 gap-y-1 px-4 py-3 text-sm hover:bg-sunken focus-visible:-outline-offset-2 sm:grid-cols-[minmax(0,1fr)_auto] dark:hover:bg-raised"
      >
        <span className="min-w-0">
          <span className="flex flex-wrap items-center gap-2 font-medium">
            <RoleName role={role} />
            {role.system && <Badge>{t("roleAdmin.system")}</Badge>}
            <Ltr className="text-xs font-normal text-muted-foreground">{role.key}</Ltr>
          </span>
          {role.description && (
            <span className="line-clamp-2 text-muted-foreground">
              <bdi>{role.description}</bdi>
            </span>
          )}
          {parents.length > 0 && (
            <span className="flex flex-wrap gap-x-1.5 text-xs text-muted-foreground">
              {t("roleAdmin.inherits")}
              {parents.map((parent) => (
                <RoleName key={parent.id} role={parent} />
              ))}
            </span>
          )}
        </span>
        <span className="flex flex-wrap items-center gap-3 text-muted-foreground">
          <span>{t("roleAdmin.permissionCount", { count: role.effective.length })}</span>
          <span>{t("roleAdmin.userCount", { count: role.users })}</span>
        </span>
      </Link>
    </li>
  );
}
