import { Unplug } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Empty } from "@/components/empty";
import { Page } from "@/components/page";
import { Button } from "@/components/ui/button";

/** Staff who come from a network that they may not work from. */
export function ShutOut() {
  const { t } = useTranslation();
  const title = t("problem.network_not_allowed.title");
  return (
    <Page title={title}>
      <Empty icon={Unplug} title={title} action={<Button onClick={() => location.reload()}>{t("common.retry")}</Button>}>
        {t("problem.network_not_allowed.action")}
      </Empty>
    </Page>
  );
}
