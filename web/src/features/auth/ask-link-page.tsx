import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { AskLinkForm, type AskedLink } from "./ask-link-form";
import { AuthFrame } from "./auth-frame";

function AskLinkPage({ page }: { page: AskedLink }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  return (
    <AuthFrame title={t(`auth.to.${page}`)} subtitle={asked ? undefined : t("auth.askLinkText")}>
      <AskLinkForm link={page} onAsked={() => setAsked(true)} />
      <Link to="/login" className="mt-4 block py-2 text-sm underline underline-offset-4">
        {t("auth.signIn")}
      </Link>
    </AuthFrame>
  );
}

export const ForgotPasswordPage = () => <AskLinkPage page="forgot-password" />;
export const AskSignInLinkPage = () => <AskLinkPage page="sign-in-link" />;
