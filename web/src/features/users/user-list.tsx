import { SearchX, UserPlus, Users } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { USER_STATUSES, type User } from "@/api/types";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { ListSkeleton } from "@/components/list-skeleton";
import { Ltr } from "@/components/mono";
import { Page } from "@/components/page";
import { SearchField } from "@/components/search-field";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Select } from "@/components/ui/input";
import { RoleName } from "@/features/roles/components/role-name";
import { useRoles } from "@/features/roles/data/queries";
import { useMay } from "@/features/shell/use-user";
import { StatusBadge } from "./status-badge";
import { useUsers } from "./data/queries";

export function UserListPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const filter = { q: search.get("q") ?? "", status: search.get("status") ?? "", role: search.get("role") ?? "" };
  const users = useUsers(filter);
  const roles = useRoles();
  const rows = users.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = Object.values(filter).some((value) => value !== "");

  function change(part: Partial<typeof filter>) {
    const params = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...filter, ...part })) if (value) params.set(name, value);
    setSearch(params, { replace: "q" in part });
  }

  const invite = useMay("users.create") && (
    <Button asChild variant="primary">
      <Link to="/admin/users/new">
        <UserPlus aria-hidden />
        {t("person.invite")}
      </Link>
    </Button>
  );
  return (
    <Page title={t("nav.users")} actions={invite} width="wide">
      <div className="flex flex-wrap gap-2">
        <SearchField label={t("person.search")} value={filter.q} onChange={(q) => change({ q })} />
        <Select aria-label={t("person.status")} value={filter.status} onChange={(event) => change({ status: event.target.value })} className="w-auto">
          <option value="">{t("person.allStatuses")}</option>
          {USER_STATUSES.map((status) => (
            <option key={status} value={status}>
              {t(`userStatus.${status}`)}
            </option>
          ))}
        </Select>
        <Select aria-label={t("person.role")} value={filter.role} onChange={(event) => change({ role: event.target.value })} className="w-auto">
          <option value="">{t("person.allRoles")}</option>
          {roles.data?.items.map((role) => (
            <option key={role.id} value={role.id}>
              {role.name ?? t([`role.${role.key}`, "role.other"])}
            </option>
          ))}
        </Select>
      </div>
      <Card className="overflow-hidden">
        {users.isPending ? (
          <ListSkeleton />
        ) : users.isError && rows.length === 0 ? (
          <ErrorState error={users.error} onRetry={() => void users.refetch()} />
        ) : rows.length === 0 ? (
          <Empty icon={filtered ? SearchX : Users} title={t("person.noMatch")} action={filtered && <Button onClick={() => change({ q: "", status: "", role: "" })}>{t("person.clear")}</Button>} />
        ) : (
          <ul aria-label={t("nav.users")} className="divide-y">
            {rows.map((user) => (
              <Row key={user.id} user={user} />
            ))}
          </ul>
        )}
      </Card>
      {users.hasNextPage && (
        <Button className="justify-self-center" onClick={() => void users.fetchNextPage()} busy={users.isFetchingNextPage}>
          {t("common.more")}
        </Button>
      )}
    </Page>
  );
}

function Row({ user }: { user: User }) {
  const { t } = useTranslation();
  return (
    <li>
      <Link
        to={`/admin/users/${user.id}`}
        className="grid items-center gap-x-4 gap-y-1 px-4 py-2.5 text-sm hover:bg-sunken focus-visible:-outline-offset-2 md:grid-cols-[minmax(0,1fr)_12rem_9rem_10rem] dark:hover:bg-raised"
      >
        <span className="min-w-0">
          <span className="line-clamp-1 font-medium">
            <bdi>{user.name}</bdi>
          </span>
          <Ltr className="block truncate text-xs text-muted-foreground">{user.email}</Ltr>
        </span>
        <RoleName role={user.role} />
        <span>
          <StatusBadge status={user.status} />
        </span>
        <span className="text-xs text-muted-foreground md:text-end">{user.last_login_at ? <Time at={user.last_login_at} /> : t("person.neverIn")}</span>
      </Link>
    </li>
  );
}
