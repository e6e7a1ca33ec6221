import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, Outlet, ScrollRestoration, useLocation } from "react-router";
import { useSession } from "@/api/session";
import type { Me } from "@/api/types";
import { Dialog } from "@/components/ui/dialog";
import { StepUpDialog } from "@/features/auth/step-up-dialog";
import { useGlobalShortcuts } from "@/features/palette/use-global-shortcuts";
import { loadTexts } from "@/i18n";
import { useLiveUpdates } from "@/live/use-live-updates";
import { useUi } from "@/stores/ui";
import { Forbidden } from "./forbidden";
import { ShutOut } from "./shut-out";
import { forbidden, OWN_SECURITY } from "./navigation";
import { useOwnNews } from "./use-news";
import { LeaveDialog } from "./components/leave-dialog";
import { NavLinks } from "./components/nav-links";
import { OfflineBanner } from "./components/offline-banner";
import { TopBar } from "./components/top-bar";
import { Logo } from "@/components/logo";

/** Fetched beside the first page, which does not wait for it. */
/** With the words of both. */
const paletteParts = async <T,>(part: Promise<T>): Promise<T> => (await Promise.all([part, loadTexts("palette")]))[0];
const ShortcutSheet = lazy(async () => ({ default: (await paletteParts(import("@/features/palette/shortcut-sheet"))).ShortcutSheet }));
const ExpiredDialog = lazy(async () => ({ default: (await import("@/features/auth/expired-dialog")).ExpiredDialog }));
const Palette = lazy(async () => ({ default: (await paletteParts(import("@/features/palette/palette"))).Palette }));

export function Shell() {
  const { user, status } = useSession();
  const location = useLocation();
  if (!user || status === "anonymous") {
    const next = location.pathname === "/" ? "" : `?next=${encodeURIComponent(location.pathname + location.search)}`;
    return <Navigate to={`/login${next}`} replace />;
  }
  return <SignedIn key={user.id} user={user} />;
}

/** The page on screen, or what the server wants first. */
function Content({ user }: { user: Me }) {
  const { pathname } = useLocation();
  const barrier = useSession((state) => state.barrier);
  if (barrier === "network") return <ShutOut />;
  if (barrier === "second_factor" && pathname !== OWN_SECURITY) return <Navigate to={OWN_SECURITY} replace />;
  return forbidden(user, pathname) ? <Forbidden /> : <Outlet />;
}

function SignedIn({ user }: { user: Me }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { navOpen, setNav } = useUi();
  const { pathname } = useLocation();
  const barrier = useSession((state) => state.barrier);
  useLiveUpdates(user.id, barrier === null);
  useOwnNews();
  useGlobalShortcuts(user);
  useEffect(() => setNav(false), [pathname, setNav]);
  // The next person on this device must not see what was cached for this one.
  useEffect(() => () => queries.clear(), [queries]);

  return (
    <div className="grid min-h-dvh grid-cols-[minmax(0,1fr)] grid-rows-[auto_1fr] lg:grid-cols-[13.5rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:start-3 focus:top-3 focus:z-50 focus:rounded-md focus:bg-primary focus:px-3 focus:py-2 focus:text-primary-foreground"
      >
        {t("shell.skip")}
      </a>
      <aside className="row-span-2 hidden border-e bg-sunken lg:block">
        <div className="sticky top-0 flex h-dvh flex-col gap-4 overflow-y-auto p-3">
          <Logo className="px-2 pt-1.5" />
          <NavLinks user={user} />
        </div>
      </aside>
      <TopBar user={user} />
      <main id="content" tabIndex={-1} className="min-w-0 outline-none">
        <OfflineBanner />
        <Content user={user} />
      </main>
      <Dialog open={navOpen} onOpenChange={setNav} title={t("shell.menu")} side="start">
        <div className="grid gap-4">
          <NavLinks user={user} />
        </div>
      </Dialog>
      <Suspense fallback={null}>
        <Palette user={user} />
        <ShortcutSheet user={user} />
        <ExpiredDialog />
      </Suspense>
      <StepUpDialog />
      <LeaveDialog />
      <ScrollRestoration />
    </div>
  );
}
