import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Ltr } from "@/components/mono";
import { Badge } from "@/components/ui/badge";
import { useAddContact, useContacts, useDeleteContact, type ContactInput } from "../data/people";
import type { Customer } from "../data/queries";
import { Entries } from "./entries";
import { allows } from "./overview";
import { SmallForm } from "./small-form";

const PURPOSES = ["general", "billing", "technical", "legal"] as const;

export function Contacts({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const contacts = useContacts(customer.id);
  const add = useAddContact(customer.id);
  const remove = useDeleteContact(customer.id);
  const [adding, setAdding] = useState(false);
  const close = () => {
    add.reset();
    setAdding(false);
  };
  return (
    <Entries
      title={t("customer.contacts")}
      query={contacts}
      none={t("customer.noContacts")}
      addText={t("customer.addContact")}
      onAdd={() => setAdding(true)}
      deleteText={(contact) => t("customer.deleteContact", { name: contact.name })}
      onDelete={remove.mutate}
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
      {adding && (
        <SmallForm
          title={t("customer.addContact")}
          fields={[
            { name: "name", label: t("customer.contactName"), required: true },
            { name: "email", label: t("customer.email"), dir: "ltr" },
            { name: "phone", label: t("customer.phone"), dir: "ltr" },
            { name: "purpose", label: t("customer.purpose"), start: "general", choices: PURPOSES.map((value) => ({ value, label: t(`contactPurpose.${value}`) })) },
          ]}
          error={add.error}
          busy={add.isPending}
          onClose={close}
          onSave={(values) => add.mutate({ ...(values as unknown as ContactInput), is_primary: contacts.data?.length === 0 }, { onSuccess: close })}
        />
      )}
    </Entries>
  );
}
