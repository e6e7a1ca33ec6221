import { useTranslation } from "react-i18next";
import { Alert } from "@/components/ui/alert";
import type { Customer } from "../data/queries";

/** Before data are changed that a verified identity speaks of. */
export function IdentityWarning({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  if (customer.kyc_state !== "approved" && customer.kyc_state !== "in_review") return null;
  return (
    <Alert tone="warning" title={t("customer.identityWarning")}>
      {t("customer.identityWarningText")}
    </Alert>
  );
}
