import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, NavLink, useLocation } from "react-router";
import type { Dashboard, Me } from "@/api/types";
import { cn } from "@/lib/cn";
import { useDueReminders } from "@/features/tickets/data/reminders";
import { dashboardOf, dashboards, REMINDERS } from "../navigation";

/** The pages of one dashboard, and the way to the others. */
export function NavLinks({ user }: { user: Me }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const groups = dashboards(user);
  const here = dashboardOf(pathname);
  // A page of no dashboard leaves the navigation as it was.
  const [last, setLast] = useState<Dashboard | null>(here);
  if (here !== null && here !== last) setLast(here);
  const present = groups.find(({ dashboard }) => dashboard === (here ?? last)) ?? groups[0];
  if (!present) return null;
  return (
    <>
      {groups.length > 1 && (
        <nav aria-label={t("shell.dashboards")}>
          <ul className="grid gap-px rounded-md border bg-surface p-0.5">
            {groups.map(({ dashboard, items }) => (
              <li key={dashboard}>
                <Link
                  to={items[0]!.to}
                  aria-current={dashboard === present.dashboard ? "true" : undefined}
                  className={cn(
                    "flex min-h-7 items-center rounded px-2 text-sm max-lg:min-h-10",
                    dashboard === present.dashboard ? "bg-accent font-medium text-accent-foreground" : "text-muted-foreground hover:bg-foreground/5 hover:text-foreground",
                  )}
                >
                  {t(`dashboard.${dashboard}`)}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      )}
      <nav aria-label={t("shell.navigation")}>
        <ul className="grid gap-px">
          {present.items.map(({ to, label, icon: Icon }) => (
            <li key={to}>
              <NavLink
                to={to}
                className={({ isActive }) =>
                  cn(
                    "flex min-h-8 items-center gap-2.5 rounded-md px-2 text-sm max-lg:min-h-11",
                    isActive ? "bg-accent font-medium text-accent-foreground" : "text-foreground hover:bg-foreground/5",
                  )
                }
              >
                <Icon aria-hidden className="size-4 shrink-0" />
                {t(label)}
                {to === REMINDERS && <DueReminders />}
              </NavLink>
            </li>
          ))}
        </ul>
      </nav>
    </>
  );
}

function DueReminders() {
  const { t } = useTranslation();
  const { data: due } = useDueReminders();
  if (!due) return null;
  return (
    <span className="tabular ms-auto rounded-full bg-warning-soft px-1.5 text-xs font-medium text-warning">
      <span aria-hidden>{due}</span>
      <span className="sr-only">{t("reminderNews.count", { count: due })}</span>
    </span>
  );
}
