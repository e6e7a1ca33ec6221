import { useState } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { SelectField, TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { Ltr } from "@/components/mono";
import { Badge } from "@/components/ui/badge";
import { useAddContact, useContacts, useDeleteContact } from "../data/people";
import type { Customer } from "../data/queries";
import { Entries } from "./entries";
import { allows } from "./overview";

const PURPOSES = ["general", "billing", "technical", "legal"] as const;

export function Contacts({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const contacts = useContacts(customer.id);
  const remove = useDeleteContact(customer.id);
  const [adding, setAdding] = useState(false);
  return (
    <Entries
      title={t("customer.contacts")}
      query={contacts}
      none={t("customer.noContacts")}
      addText={t("customer.addContact")}
      onAdd={() => setAdding(true)}
      deleteText={(contact) => t("customer.deleteContact", { name: contact.name })}
      remove={remove}
      editable={allows(customer, "edit_contacts")}
      show={(contact) => (
        <>
          <p className="flex flex-wrap items-center gap-1.5 font-medium">
            <bdi>{contact.name}</bdi>
            <Badge>{t(`contactPurpose.${contact.purpose}`)}</Badge>
            {contact.is_primary && <Badge tone="accent">{t("customer.primary")}</Badge>}
          </p>
          <p className="flex flex-wrap gap-x-3 text-muted-foreground">
            {contact.email && <Ltr className="break-all">{contact.email}</Ltr>}
            {contact.phone && <Ltr>{contact.phone}</Ltr>}
          </p>
        </>
      )}
    >
      {adding && <AddContact id={customer.id} first={contacts.data?.length === 0} onClose={() => setAdding(false)} />}
    </Entries>
  );
}

const schema = z.object({ name: z.string().trim().min(1, "field.empty"), email: z.string().trim(), phone: z.string().trim(), purpose: z.enum(PURPOSES) });

function AddContact({ id, first, onClose }: { id: string; first: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const add = useAddContact(id);
  const form = useAppForm<z.infer<typeof schema>>({
    schema,
    values: { name: "", email: "", phone: "", purpose: "general" },
    save: ({ email, phone, ...values }, { key }) => add.mutateAsync({ body: { ...values, email: email || null, phone: phone || null, is_primary: first }, key }),
    onSaved: onClose,
    guard: false,
  });
  return (
    <FormDialog form={form} title={t("customer.addContact")} confirm={t("common.save")} onClose={onClose}>
      <TextField form={form} name="name" label={t("customer.contactName")} required autoComplete="off" data-autofocus />
      <TextField form={form} name="email" label={t("customer.email")} dir="ltr" type="email" autoComplete="off" />
      <TextField form={form} name="phone" label={t("customer.phone")} dir="ltr" type="tel" autoComplete="off" hint={t("customer.phoneHint")} />
      <SelectField form={form} name="purpose" label={t("customer.purpose")} options={PURPOSES.map((value) => ({ value, label: t(`contactPurpose.${value}`) }))} />
    </FormDialog>
  );
}
