import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Ltr } from "@/components/mono";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardTitle } from "@/components/ui/card";
import { useAddAddress, useAddresses, useDeleteAddress, type AddressInput } from "../data/people";
import type { Customer } from "../data/queries";
import { allows } from "./overview";
import { SmallForm } from "./small-form";

const KINDS = ["billing", "head_office", "delivery", "other"] as const;

export function Addresses({ customer }: { customer: Customer }) {
  const { t, i18n } = useTranslation();
  const addresses = useAddresses(customer.id).data ?? [];
  const add = useAddAddress(customer.id);
  const remove = useDeleteAddress(customer.id);
  const [adding, setAdding] = useState(false);
  const may = allows(customer, "edit_contacts");
  const close = () => {
    add.reset();
    setAdding(false);
  };
  return (
    <Card className="grid gap-3 p-4">
      <div className="flex items-center justify-between gap-2">
        <CardTitle>{t("customer.addresses")}</CardTitle>
        {may && (
          <Button onClick={() => setAdding(true)}>
            <Plus aria-hidden />
            {t("customer.addAddress")}
          </Button>
        )}
      </div>
      {addresses.length === 0 && <p className="text-sm text-muted-foreground">{t("customer.noAddresses")}</p>}
      <ul className="grid gap-2 text-sm">
        {addresses.map((address) => (
          <li key={address.id} className="flex items-start justify-between gap-2">
            <div className="min-w-0">
              <p className="flex flex-wrap items-center gap-1.5">
                <Badge>{t(`addressKind.${address.kind}`)}</Badge>
                {address.is_default && <Badge tone="accent">{t("customer.default")}</Badge>}
              </p>
              <p>
                <bdi>{[address.line1, address.line2].filter(Boolean).join(", ")}</bdi>
              </p>
              <p className="text-muted-foreground">
                {address.postal_code && <Ltr>{address.postal_code} </Ltr>}
                <bdi>{[address.city, i18n.language === "ar" ? address.wilaya_name_ar : address.wilaya_name].filter(Boolean).join(", ")}</bdi> <Ltr>{address.country}</Ltr>
              </p>
            </div>
            {may && (
              <Button variant="ghost" size="icon-sm" aria-label={t("customer.deleteAddress", { city: address.city })} onClick={() => remove.mutate(address.id)}>
                <Trash2 aria-hidden />
              </Button>
            )}
          </li>
        ))}
      </ul>
      {adding && (
        <SmallForm
          title={t("customer.addAddress")}
          fields={[
            { name: "kind", label: t("customer.purpose"), start: "billing", choices: KINDS.map((value) => ({ value, label: t(`addressKind.${value}`) })) },
            { name: "line1", label: t("customer.line1"), required: true },
            { name: "line2", label: t("customer.line2") },
            { name: "postal_code", label: t("customer.postalCode"), dir: "ltr" },
            { name: "city", label: t("customer.city"), required: true },
            { name: "wilaya", label: t("customer.wilaya"), dir: "ltr" },
            { name: "country", label: t("customer.country"), dir: "ltr", start: "DZ", required: true },
          ]}
          error={add.error}
          busy={add.isPending}
          onClose={close}
          onSave={({ wilaya, ...values }) => {
            const number = Number.parseInt(wilaya ?? "", 10);
            const first = !addresses.some((address) => address.kind === values.kind);
            const input = { ...values, wilaya: Number.isInteger(number) && number > 0 && number < 100 ? number : undefined, is_default: first };
            add.mutate(input as unknown as AddressInput, { onSuccess: close });
          }}
        />
      )}
    </Card>
  );
}
