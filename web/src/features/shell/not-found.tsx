import { Compass } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Empty } from "@/components/empty";
import { Page } from "@/components/page";
import { Button } from "@/components/ui/button";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Page title={t("shell.notFound")}>
      <Empty
        icon={Compass}
        title={t("shell.notFound")}
        action={
          <Button asChild>
            <Link to="/">{t("shell.goHome")}</Link>
          </Button>
        }
      >
        {t("shell.notFoundText")}
      </Empty>
    </Page>
  );
}
