import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Ltr } from "@/components/mono";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardTitle } from "@/components/ui/card";
import { CustomerForm } from "../customer-form";
import { useFigures, useStatusHistory, type Customer } from "../data/queries";
import { Addresses } from "./addresses";
import { Contacts } from "./contacts";

const FIELDS = ["email", "phone", "website", "legal_form", "nif", "nis", "rc", "ai", "rib"] as const;

/** May the caller do this now? The server says so. */
export function allows(customer: Customer, action: string): boolean {
  return customer.allowed_actions.some((one) => one.action === action && one.allowed);
}

export function Overview({ customer, home, staff }: { customer: Customer; home: string; staff: boolean }) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState(false);
  if (editing) return <CustomerForm customer={customer} home={home} onDone={() => setEditing(false)} />;
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <Card className="grid gap-3 p-4">
        <div className="flex items-center justify-between gap-2">
          <CardTitle>{t("customer.profile")}</CardTitle>
          {allows(customer, "edit") && <Button onClick={() => setEditing(true)}>{t("common.edit")}</Button>}
        </div>
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5 text-sm">
          {FIELDS.filter((field) => customer[field]).map((field) => (
            <Row key={field} label={t(`customer.${field}`)}>
              <Ltr className="break-all">{customer[field]}</Ltr>
            </Row>
          ))}
          {customer.nin_last4 && (
            <Row label={t("customer.nin")}>
              <Ltr>•••• {customer.nin_last4}</Ltr>
            </Row>
          )}
          <Row label={t("customer.created")}>
            <Time at={customer.created_at} full />
          </Row>
          {customer.account_manager && (
            <Row label={t("customer.manager")}>
              <bdi>{customer.account_manager.name}</bdi>
            </Row>
          )}
        </dl>
        {customer.tags.length > 0 && (
          <p className="flex flex-wrap gap-1.5">
            {customer.tags.map((tag) => (
              <Badge key={tag}>{tag}</Badge>
            ))}
          </p>
        )}
      </Card>
      {staff && <StaffFacts customer={customer} />}
      <Contacts customer={customer} />
      <Addresses customer={customer} />
    </div>
  );
}

function Row({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <>
      <dt className="text-muted-foreground">{label}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}

function StaffFacts({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const figures = useFigures(customer.id).data;
  const history = useStatusHistory(customer.id).data ?? [];
  return (
    <Card className="grid gap-3 p-4">
      <CardTitle>{t("customer.figures")}</CardTitle>
      {figures && (
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5 text-sm">
          <Row label={t("customer.openTickets")}>{figures.open_tickets}</Row>
          <Row label={t("customer.tickets")}>{figures.tickets}</Row>
          <Row label={t("customer.members")}>{figures.members}</Row>
          <Row label={t("customer.documents")}>{figures.documents}</Row>
          {figures.last_message_at && (
            <Row label={t("customer.lastMessage")}>
              <Time at={figures.last_message_at} />
            </Row>
          )}
        </dl>
      )}
      {history.length > 0 && (
        <ol className="grid gap-2 border-t pt-3 text-sm">
          {history.slice(0, 5).map((move) => (
            <li key={move.id}>
              {t("customer.moved", { from: t(`customerStatus.${move.from}`), to: t(`customerStatus.${move.to}`), by: move.by })}{" "}
              <Time at={move.at} className="text-muted-foreground" />
              {move.reason && (
                <p className="text-muted-foreground">
                  <bdi>{move.reason}</bdi>
                </p>
              )}
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}
