import { Ltr } from "@/components/mono";
import type { Customer } from "../data/queries";
import { CustomerStatusBadge, IdentityBadge } from "./badges";

/** A customer by name and number, with where he stands. */
export function Heading({ customer }: { customer: Customer }) {
  return (
    <span className="flex flex-wrap items-center gap-2">
      <bdi>{customer.name}</bdi>
      <Ltr className="tabular font-normal text-muted-foreground">{customer.number}</Ltr>
      <CustomerStatusBadge status={customer.status} />
      <IdentityBadge state={customer.kyc_state} />
    </span>
  );
}
