import { useTranslation } from "react-i18next";
import { Link, Navigate, useSearchParams } from "react-router";
import { useSession } from "@/api/session";
import { AuthFrame } from "./auth-frame";
import { safeTarget } from "./data/target";
import { SignInForm } from "./sign-in-form";
import { SignOnButtons } from "./sign-on-buttons";

export function SignInPage() {
  const { t } = useTranslation();
  const status = useSession((state) => state.status);
  const [search] = useSearchParams();
  if (status === "signed_in") return <Navigate to={safeTarget(search.get("next"))} replace />;
  return (
    <AuthFrame title={t("auth.title")} heading={t("auth.signIn")} subtitle={t("auth.subtitle")}>
      <SignInForm />
      <SignOnButtons next={safeTarget(search.get("next"))} />
      <nav className="mt-6 grid text-sm">
        {(["register", "forgot-password", "sign-in-link"] as const).map((page) => (
          <Link key={page} to={`/${page}`} className="py-2 underline underline-offset-4">
            {t(`auth.to.${page}`)}
          </Link>
        ))}
      </nav>
    </AuthFrame>
  );
}
