import { useEffect, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, ScrollRestoration } from "react-router";
import { useSession } from "@/api/session";
import { Logo } from "@/components/logo";
import { Button } from "@/components/ui/button";
import { LocaleMenu } from "@/features/shell/components/locale-menu";
import { ThemeMenu } from "@/features/shell/components/theme-menu";

interface HelpFrameProps {
  title: string;
  /** What search engines and link previews say of the page. */
  description: string;
  /** Anybody may read it, so it may be found by search engines. */
  found?: boolean;
  children: ReactNode;
}

/** Sets what the page says of itself to machines, and takes it back afterwards. */
function useMeta(name: string, content: string) {
  useEffect(() => {
    const known = document.head.querySelector<HTMLMetaElement>(`meta[name="${name}"]`);
    const before = known?.content;
    const meta = known ?? document.head.appendChild(Object.assign(document.createElement("meta"), { name }));
    meta.content = content;
    return () => {
      if (before === undefined) meta.remove();
      else meta.content = before;
    };
  }, [name, content]);
}

/** The pages of the knowledge base: read by everybody, signed in or not. */
export function HelpFrame({ title, description, found, children }: HelpFrameProps) {
  const { t } = useTranslation();
  const signedIn = useSession(({ status }) => status === "signed_in");
  useEffect(() => {
    document.title = `${title} · CloudManager`;
  }, [title]);
  useMeta("description", description);
  useMeta("robots", found ? "all" : "noindex");
  return (
    <div className="grid min-h-dvh grid-rows-[auto_1fr]">
      <a href="#content" className="sr-only focus:not-sr-only focus:absolute focus:start-3 focus:top-3 focus:z-50 focus:rounded-md focus:bg-primary focus:px-3 focus:py-2 focus:text-primary-foreground">
        {t("shell.skip")}
      </a>
      <header className="flex flex-wrap items-center gap-1 border-b bg-surface px-4 py-2">
        <Link to="/help" className="me-auto flex min-h-11 flex-wrap items-center gap-x-3">
          <Logo />
          <span className="text-sm text-muted-foreground">{t("help.title")}</span>
        </Link>
        <LocaleMenu />
        <ThemeMenu />
        <Button asChild variant="ghost">
          <Link to="/">{t(signedIn ? "help.back" : "auth.signIn")}</Link>
        </Button>
      </header>
      <main id="content" tabIndex={-1} className="mx-auto w-full max-w-4xl px-4 py-6 outline-none sm:py-8">
        {children}
      </main>
      <ScrollRestoration />
    </div>
  );
}
