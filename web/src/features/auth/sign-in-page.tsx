import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, useSearchParams } from "react-router";
import { useSession } from "@/api/session";
import { Logo } from "@/components/logo";
import { LocaleMenu } from "@/features/shell/components/locale-menu";
import { ThemeMenu } from "@/features/shell/components/theme-menu";
import { SignInForm } from "./sign-in-form";

/** Only a path of this site may be the place to go back to. */
function safeTarget(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : "/";
}

export function SignInPage() {
  const { t } = useTranslation();
  const status = useSession((state) => state.status);
  const [search] = useSearchParams();
  useEffect(() => {
    document.title = `${t("auth.signIn")} · CloudManager`;
  }, [t]);

  if (status === "signed_in") return <Navigate to={safeTarget(search.get("next"))} replace />;
  return (
    <div className="grid min-h-dvh grid-rows-[auto_1fr]">
      <header className="flex justify-end gap-1 p-3">
        <LocaleMenu />
        <ThemeMenu />
      </header>
      <main className="mx-auto w-full max-w-sm px-4 pt-[8vh]">
        <Logo className="mb-8" />
        <h1 className="text-xl font-semibold tracking-tight">{t("auth.title")}</h1>
        <p className="mt-1 mb-6 text-sm text-muted-foreground">{t("auth.subtitle")}</p>
        <SignInForm />
      </main>
    </div>
  );
}
