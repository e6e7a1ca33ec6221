import { LogOut, Menu as MenuIcon, Plus, Search } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { signOut } from "@/api/session";
import type { Me } from "@/api/types";
import { Ltr } from "@/components/mono";
import { Avatar } from "@/components/ui/avatar";
import { Button } from "@/components/ui/button";
import { Kbd } from "@/components/ui/kbd";
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from "@/components/ui/menu";
import { Bell } from "@/features/notifications/bell";
import { useUi } from "@/stores/ui";
import { newTicketPath, OWN_NEWS, OWN_PAGES } from "../navigation";
import { LiveMark } from "./live-mark";
import { LocaleMenu } from "./locale-menu";
import { ThemeMenu } from "./theme-menu";

export function TopBar({ user }: { user: Me }) {
  const { t } = useTranslation();
  const { setPalette, setNav, setShortcuts } = useUi();
  const newTicket = newTicketPath(user);
  return (
    <header className="sticky top-0 z-30 flex h-12 items-center gap-1 border-b bg-background/95 px-2 backdrop-blur sm:px-4">
      <Button variant="ghost" size="icon" className="lg:hidden" aria-label={t("shell.openMenu")} onClick={() => setNav(true)}>
        <MenuIcon aria-hidden />
      </Button>
      <button
        type="button"
        onClick={() => setPalette(true)}
        className="flex h-8 min-w-0 items-center gap-2 rounded-md border bg-surface px-2.5 text-sm text-muted-foreground hover:bg-sunken max-sm:size-10 max-sm:justify-center max-sm:px-0 sm:w-64"
      >
        <Search aria-hidden className="size-4 shrink-0" />
        <span className="flex-1 truncate text-start max-sm:sr-only">{t("palette.open")}</span>
        <span aria-hidden className="max-sm:hidden">
          <Kbd>Ctrl K</Kbd>
        </span>
      </button>
      <div className="flex-1" />
      <LiveMark />
      <Bell />
      {newTicket && (
        <Button asChild variant="primary" size="md" className="max-sm:w-10 max-sm:px-0">
          <Link to={newTicket}>
            <Plus aria-hidden />
            <span className="max-sm:sr-only">{t("nav.newTicket")}</span>
          </Link>
        </Button>
      )}
      <span className="max-sm:hidden">
        <LocaleMenu />
      </span>
      <span className="max-sm:hidden">
        <ThemeMenu />
      </span>
      <Menu>
        <MenuTrigger asChild>
          <Button variant="ghost" size="icon" aria-label={t("shell.account", { name: user.name })}>
            <Avatar name={user.name} />
          </Button>
        </MenuTrigger>
        <MenuContent align="end">
          <div className="px-2 py-1.5">
            <p className="text-sm font-medium">{user.name}</p>
            <p className="text-xs text-muted-foreground">
              <Ltr>{user.email}</Ltr> · {t([`role.${user.role}`, "role.other"])}
            </p>
          </div>
          <MenuSeparator />
          <LocaleMenu inline />
          <MenuSeparator />
          <ThemeMenu inline />
          <MenuSeparator />
          {/* The bell leads to what one was told. */}
          {OWN_PAGES.filter(({ to }) => to !== OWN_NEWS).map(({ to, label, icon: Icon }) => (
            <MenuItem key={to} asChild>
              <Link to={to}>
                <Icon aria-hidden />
                {t(label)}
              </Link>
            </MenuItem>
          ))}
          <MenuItem onSelect={() => setShortcuts(true)}>{t("shortcuts.title")}</MenuItem>
          <MenuItem onSelect={() => void signOut()}>
            <LogOut aria-hidden className="flip-rtl" />
            {t("auth.signOut")}
          </MenuItem>
        </MenuContent>
      </Menu>
    </header>
  );
}
