import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Ltr } from "@/components/mono";
import { Badge } from "@/components/ui/badge";
import { useAddAddress, useAddresses, useDeleteAddress, type AddressInput } from "../data/people";
import type { Customer } from "../data/queries";
import { Entries } from "./entries";
import { allows } from "./overview";
import { SmallForm } from "./small-form";

const KINDS = ["billing", "head_office", "delivery", "other"] as const;

export function Addresses({ customer }: { customer: Customer }) {
  const { t, i18n } = useTranslation();
  const addresses = useAddresses(customer.id);
  const add = useAddAddress(customer.id);
  const remove = useDeleteAddress(customer.id);
  const [adding, setAdding] = useState(false);
  const close = () => {
    add.reset();
    setAdding(false);
  };
  return (
    <Entries
      title={t("customer.addresses")}
      query={addresses}
      none={t("customer.noAddresses")}
      addText={t("customer.addAddress")}
      onAdd={() => setAdding(true)}
      deleteText={(address) => t("customer.deleteAddress", { city: address.city })}
      onDelete={remove.mutate}
      editable={allows(customer, "edit_contacts")}
      show={(address) => (
        <>
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
        </>
      )}
    >
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
            const first = !addresses.data?.some((address) => address.kind === values.kind);
            const input = { ...values, wilaya: Number.isInteger(number) && number > 0 && number < 100 ? number : undefined, is_default: first };
            add.mutate(input as unknown as AddressInput, { onSuccess: close });
          }}
        />
      )}
    </Entries>
  );
}
