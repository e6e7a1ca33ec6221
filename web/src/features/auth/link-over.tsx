import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { AskLinkForm } from "./ask-link-form";

/** The pages that mailed links open. */
export type LinkPage = "confirm-email" | "magic-link" | "reset-password" | "invitation" | "verify";

/** A link that opens nothing: what is wrong with it, and another one on the spot. `missing`: it came without what opens it. */
export function LinkOver({ page, missing }: { page: LinkPage; missing: boolean }) {
  const { t } = useTranslation();
  return (
    <div className="grid gap-4">
      <Alert tone="danger" title={t(missing ? "auth.over.missing" : "auth.over.spent")} live>
        {t(`auth.over.${page}`)}
      </Alert>
      {page === "magic-link" && <AskLinkForm link="sign-in-link" />}
      {page === "reset-password" && <AskLinkForm link="forgot-password" />}
      {page === "verify" && (
        <Button asChild variant="primary" size="lg">
          <Link to="/register">{t("auth.over.again")}</Link>
        </Button>
      )}
      {page === "confirm-email" && (
        <Button asChild variant="primary" size="lg">
          <Link to="/account/security">{t("auth.over.toSecurity")}</Link>
        </Button>
      )}
    </div>
  );
}
