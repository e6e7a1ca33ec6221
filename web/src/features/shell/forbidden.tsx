import { ShieldX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Empty } from "@/components/empty";
import { Page } from "@/components/page";
import { Button } from "@/components/ui/button";

/** A page that exists, but not for this person. */
export function Forbidden() {
  const { t } = useTranslation();
  return (
    <Page title={t("problem.forbidden.title")}>
      <Empty
        icon={ShieldX}
        title={t("problem.forbidden.title")}
        action={
          <Button asChild>
            <Link to="/">{t("shell.goHome")}</Link>
          </Button>
        }
      >
        {t("problem.forbidden.action")}
      </Empty>
    </Page>
  );
}
