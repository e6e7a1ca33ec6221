import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { asApiError } from "@/api/problem";
import type { Ticket } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Ltr } from "@/components/mono";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Fact, Facts } from "@/components/ui/facts";
import { Skeleton } from "@/components/ui/skeleton";
import { useMay } from "@/features/shell/use-user";
import { useCustomer } from "../data/queries";
import { CustomerStatusBadge, IdentityBadge } from "./badges";

/** Whose ticket it is, on its page, for those who may read customers. */
export function TicketCustomer({ ticket: { customer_id: id } }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const allowed = useMay("customers.view");
  if (!allowed) return null;
  return (
    <Card aria-label={t("ticketCustomer.panel")} className="grid gap-3 p-4 text-sm">
      <h2 className="font-semibold">{t("ticketCustomer.panel")}</h2>
      {id ? <Known key={id} id={id} /> : <p className="text-muted-foreground">{t("ticketCustomer.none")}</p>}
    </Card>
  );
}

function Known({ id }: { id: string }) {
  const { t } = useTranslation();
  const { data: customer, isError, error, refetch } = useCustomer(id);
  if (!customer) {
    // Staff are shown deleted customers only where they hold the right to.
    if (isError && asApiError(error).status === 404) return <p className="text-muted-foreground">{t("ticketCustomer.gone")}</p>;
    return isError ? <ErrorState error={error} onRetry={() => void refetch()} /> : <Skeleton className="h-24" />;
  }
  return (
    <>
      <p className="grid gap-0.5">
        <Link to={`/desk/customers/${id}`} className="flex min-h-[24px] min-w-0 items-center text-primary underline">
          <bdi className="break-words">{customer.name}</bdi>
        </Link>
        <Ltr className="tabular text-xs text-muted-foreground">{customer.number}</Ltr>
      </p>
      <Facts narrow>
        <Fact name={t("customer.kind")}>{t(`customerKind.${customer.kind}`)}</Fact>
        {customer.tier && <Fact name={t("customer.tier")}>{t(`customerTier.${customer.tier}`)}</Fact>}
        <Fact name={t("customer.status")}>
          <span className="flex flex-wrap gap-1.5">
            <CustomerStatusBadge status={customer.status} />
            {customer.deleted_at && <Badge tone="danger">{t("ticketCustomer.deleted")}</Badge>}
          </span>
        </Fact>
        <Fact name={t("identity.title")}>
          <IdentityBadge state={customer.kyc_state} />
        </Fact>
      </Facts>
    </>
  );
}
