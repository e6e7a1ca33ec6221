import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Time } from "@/components/time";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { useAllowed } from "@/lib/use-allowed";
import { useKyc } from "../data/kyc";
import { useCustomer, type Customer } from "../data/queries";

/** Whoever acts for a customer as this hands in his papers. */
export const leads = ({ my_role }: Pick<Customer, "my_role">): boolean => my_role === "owner" || my_role === "admin";

/** Tells whoever leads a customer that the verification ends soon, where he is not looking at it. */
export function RenewalDue({ id, name }: { id: string; name?: string }) {
  // Whom the server would refuse need not ask.
  return useAllowed("kyc.own") ? <Due id={id} name={name} /> : null;
}

/** The same of a customer of whom it is not known yet who leads him. */
export function LedRenewalDue({ id, name }: { id: string; name: string }) {
  const { data } = useCustomer(id);
  return data && leads(data) ? <RenewalDue id={id} name={name} /> : null;
}

function Due({ id, name }: { id: string; name?: string }) {
  const { t } = useTranslation();
  const { data } = useKyc(id);
  if (!data?.steps.includes("renew")) return null;
  const open = (
    <Button asChild size="sm">
      <Link to={`/client/account/${id}?tab=identity`}>{t("identity.toRenewal")}</Link>
    </Button>
  );
  return (
    <Alert tone="warning" title={t("identity.endsSoon")} actions={open}>
      {name && (
        <p>
          <bdi>{name}</bdi>
        </p>
      )}
      {data.expires_at && (
        <p>
          {t("identity.until")} <Time at={data.expires_at} full />
        </p>
      )}
    </Alert>
  );
}
