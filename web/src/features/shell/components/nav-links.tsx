import { useTranslation } from "react-i18next";
import { NavLink } from "react-router";
import type { Dashboard, Me } from "@/api/types";
import { cn } from "@/lib/cn";
import { navigation } from "../navigation";

const DASHBOARDS: Dashboard[] = ["client", "corporate", "admin"];

export function NavLinks({ user }: { user: Me }) {
  const { t } = useTranslation();
  const items = navigation(user);
  const groups = DASHBOARDS.map((dashboard) => ({ dashboard, items: items.filter((item) => item.dashboard === dashboard) }));
  return (
    <nav aria-label={t("shell.navigation")} className="flex flex-col gap-5">
      {groups
        .filter((group) => group.items.length > 0)
        .map(({ dashboard, items: links }) => (
          <div key={dashboard}>
            <h2 className="px-2 pb-1 text-xs font-medium text-muted-foreground">{t(`dashboard.${dashboard}`)}</h2>
            <ul className="grid gap-px">
              {links.map(({ to, label, icon: Icon }) => (
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
                  </NavLink>
                </li>
              ))}
            </ul>
          </div>
        ))}
    </nav>
  );
}
