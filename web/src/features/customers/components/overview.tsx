import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Ltr } from "@/components/mono";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Fact, Facts } from "@/components/ui/facts";
import { Section } from "@/components/ui/section";
import { CustomerForm } from "../customer-form";
import type { Customer } from "../data/queries";
import { Addresses } from "./addresses";
import { Contacts } from "./contacts";
import { Handling } from "./handling";
import { Figures, StatusHistory } from "./standing";

const FIELDS = ["email", "phone", "website", "legal_form", "nif", "nis", "rc", "ai", "rib"] as const;

/** May the caller do this now? The server says so. */
export function allows(customer: Customer, action: string): boolean {
  return customer.allowed_actions.some((one) => one.action === action && one.allowed);
}

interface OverviewProps {
  customer: Customer;
  reload: () => Promise<Customer | undefined>;
  home: string;
  staff: boolean;
}

export function Overview({ customer, reload, home, staff }: OverviewProps) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState(false);
  if (editing) return <CustomerForm present={{ customer, reload }} home={home} onDone={() => setEditing(false)} />;
  const edit = allows(customer, "edit") && (
    <Button size="sm" onClick={() => setEditing(true)}>
      {t("common.edit")}
    </Button>
  );
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <div className="grid gap-4">
        <Section title={t("customer.profile")} actions={edit}>
          <Facts className="sm:grid-cols-2 lg:grid-cols-2">
            {FIELDS.filter((field) => customer[field]).map((field) => (
              <Fact key={field} name={t(`customer.${field}`)}>
                <Ltr className="break-all">{customer[field]}</Ltr>
              </Fact>
            ))}
            {customer.nin_last4 && (
              <Fact name={t("customer.nin")}>
                <Ltr>•••• {customer.nin_last4}</Ltr>
              </Fact>
            )}
            <Fact name={t("customer.created")}>
              <Time at={customer.created_at} full />
            </Fact>
          </Facts>
        </Section>
        {staff && <Handling customer={customer} reload={reload} />}
        {staff && <Figures id={customer.id} />}
      </div>
      <div className="grid gap-4">
        {/* Of a deleted customer the server tells neither; they are back when he is. */}
        {!customer.deleted_at && <Contacts customer={customer} />}
        {!customer.deleted_at && <Addresses customer={customer} />}
        {staff && <StatusHistory id={customer.id} />}
      </div>
    </div>
  );
}
