import { useState } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { SelectField, TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { Ltr } from "@/components/mono";
import { Badge } from "@/components/ui/badge";
import { useAddAddress, useAddresses, useDeleteAddress } from "../data/people";
import type { Address, Customer } from "../data/queries";
import { Entries } from "./entries";
import { allows } from "./overview";

const KINDS = ["billing", "head_office", "delivery", "other"] as const;

export function Addresses({ customer }: { customer: Customer }) {
  const { t, i18n } = useTranslation();
  const addresses = useAddresses(customer.id);
  const remove = useDeleteAddress(customer.id);
  const [adding, setAdding] = useState(false);
  return (
    <Entries
      title={t("customer.addresses")}
      query={addresses}
      none={t("customer.noAddresses")}
      addText={t("customer.addAddress")}
      onAdd={() => setAdding(true)}
      deleteText={(address) => t("customer.deleteAddress", { city: address.city })}
      remove={remove}
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
      {adding && <AddAddress id={customer.id} known={addresses.data ?? NONE} onClose={() => setAdding(false)} />}
    </Entries>
  );
}

const NONE: Address[] = [];
const needed = z.string().trim().min(1, "field.empty");
const schema = z.object({
  kind: z.enum(KINDS),
  line1: needed,
  line2: z.string().trim(),
  postal_code: z.string().trim(),
  city: needed,
  wilaya: z
    .string()
    .trim()
    .regex(/^\d{0,2}$/, "field.invalid"),
  country: needed,
});

function AddAddress({ id, known, onClose }: { id: string; known: Address[]; onClose: () => void }) {
  const { t } = useTranslation();
  const add = useAddAddress(id);
  const form = useAppForm<z.infer<typeof schema>>({
    schema,
    values: { kind: "billing", line1: "", line2: "", postal_code: "", city: "", wilaya: "", country: "DZ" },
    save: ({ wilaya, line2, postal_code, ...values }, { key }) => {
      const first = !known.some((address) => address.kind === values.kind);
      const body = { ...values, line2: line2 || null, postal_code: postal_code || null, wilaya: wilaya ? Number(wilaya) : null, is_default: first };
      return add.mutateAsync({ body, key });
    },
    onSaved: onClose,
    guard: false,
  });
  return (
    <FormDialog form={form} title={t("customer.addAddress")} confirm={t("common.save")} onClose={onClose}>
      <SelectField form={form} name="kind" label={t("customer.purpose")} options={KINDS.map((value) => ({ value, label: t(`addressKind.${value}`) }))} data-autofocus />
      <TextField form={form} name="line1" label={t("customer.line1")} required autoComplete="off" />
      <TextField form={form} name="line2" label={t("customer.line2")} autoComplete="off" />
      <div className="grid grid-cols-2 items-start gap-4">
        <TextField form={form} name="postal_code" label={t("customer.postalCode")} dir="ltr" inputMode="numeric" autoComplete="off" />
        <TextField form={form} name="city" label={t("customer.city")} required autoComplete="off" />
        <TextField form={form} name="wilaya" label={t("customer.wilaya")} dir="ltr" inputMode="numeric" maxLength={2} autoComplete="off" />
        <TextField form={form} name="country" label={t("customer.country")} required dir="ltr" maxLength={2} autoComplete="off" />
      </div>
    </FormDialog>
  );
}
