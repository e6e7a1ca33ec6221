import { useEffect, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Logo } from "@/components/logo";
import { Button } from "@/components/ui/button";
import { LocaleMenu } from "@/features/shell/components/locale-menu";
import { ThemeMenu } from "@/features/shell/components/theme-menu";

interface AuthFrameProps {
  title: string;
  /** In the browser's tab; the title unless given. */
  heading?: string;
  subtitle?: string;
  children?: ReactNode;
}

/** The page of somebody who is not signed in. */
export function AuthFrame({ title, heading = title, subtitle, children }: AuthFrameProps) {
  const { t, i18n } = useTranslation();
  useEffect(() => {
    document.title = `${heading} · CloudManager`;
  }, [heading, i18n.language]);
  return (
    <div className="grid min-h-dvh grid-rows-[auto_1fr]">
      <header className="flex justify-end gap-1 p-3">
        <Button asChild variant="ghost">
          <Link to="/help">{t("nav.help")}</Link>
        </Button>
        <LocaleMenu />
        <ThemeMenu />
      </header>
      <main className="mx-auto w-full max-w-sm px-4 pt-[8vh] pb-8">
        <Logo className="mb-8" />
        <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
        {subtitle && <p className="mt-1 mb-6 text-sm text-muted-foreground">{subtitle}</p>}
        {children}
      </main>
    </div>
  );
}
