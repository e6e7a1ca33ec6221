import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Ltr } from "@/components/mono";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardTitle } from "@/components/ui/card";
import { useAddContact, useContacts, useDeleteContact, type ContactInput } from "../data/people";
import type { Customer } from "../data/queries";
import { allows } from "./overview";
import { SmallForm } from "./small-form";

const PURPOSES = ["general", "billing", "technical", "legal"] as const;

export function Contacts({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const contacts = useContacts(customer.id).data ?? [];
  const add = useAddContact(customer.id);
  const remove = useDeleteContact(customer.id);
  const [adding, setAdding] = useState(false);
  const may = allows(customer, "edit_contacts");
  const close = () => {
    add.reset();
    setAdding(false);
  };
  return (
    <Card className="grid gap-3 p-4">
      <div className="flex items-center justify-between gap-2">
        <CardTitle>{t("customer.contacts")}</CardTitle>
        {may && (
          <Button onClick={() => setAdding(true)}>
            <Plus aria-hidden />
            {t("customer.addContact")}
          </Button>
        )}
      </div>
      {contacts.length === 0 && <p className="text-sm text-muted-foreground">{t("customer.noContacts")}</p>}
      <ul className="grid gap-2 text-sm">
        {contacts.map((contact) => (
          <li key={contact.id} className="flex items-start justify-between gap-2">
            <div className="min-w-0">
              <p className="flex flex-wrap items-center gap-1.5 font-medium">
                <bdi>{contact.name}</bdi>
                <Badge>{t(`contactPurpose.${contact.purpose}`)}</Badge>
                {contact.is_primary && <Badge tone="accent">{t("customer.primary")}</Badge>}
              </p>
              <p className="flex flex-wrap gap-x-3 text-muted-foreground">
                {contact.email && <Ltr className="break-all">{contact.email}</Ltr>}
                {contact.phone && <Ltr>{contact.phone}</Ltr>}
              </p>
            </div>
            {may && (
              <Button variant="ghost" size="icon-sm" aria-label={t("customer.deleteContact", { name: contact.name })} onClick={() => remove.mutate(contact.id)}>
                <Trash2 aria-hidden />
              </Button>
            )}
          </li>
        ))}
      </ul>
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
          onSave={(values) => add.mutate({ ...(values as unknown as ContactInput), is_primary: contacts.length === 0 }, { onSuccess: close })}
        />
      )}
    </Card>
  );
}
