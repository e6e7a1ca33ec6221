import { useTranslation } from "react-i18next";
import { Page } from "@/components/page";
import { Exports } from "./exports";
import { OwnErasure } from "./own-erasure";

/** What one may ask about one's own data. */
export function OwnDataPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("nav.ownData")} description={t("ownData.text")} width="narrow">
      <Exports user={null} />
      <OwnErasure />
    </Page>
  );
}
