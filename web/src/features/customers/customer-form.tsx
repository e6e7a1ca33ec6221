import { useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { SelectField, TextField } from "@/components/form/fields";
import { Form, FormActions } from "@/components/form/form";
import { useAppForm } from "@/components/form/use-app-form";
import { Page } from "@/components/page";
import { Card, CardTitle } from "@/components/ui/card";
import { toast } from "@/components/ui/toast";
import { LOCALE_NAMES, LOCALES } from "@/i18n";
import { IdentityWarning } from "./components/identity-warning";
import { profileSchema, toForm, toProfile, type Line, type ProfileForm } from "./data/form";
import { useSaveCustomer, type Customer } from "./data/queries";
import { KINDS } from "./data/words";

export function NewCustomerPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("customer.new")} back={{ to: "/desk/customers", label: t("customer.back") }} width="narrow">
      <CustomerForm home="/desk/customers" />
    </Page>
  );
}

export function NewOwnCustomerPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("customer.newOwn")} description={t("customer.newOwnText")} back={{ to: "/client/account", label: t("customer.backOwn") }} width="narrow">
      <CustomerForm home="/client/account" />
    </Page>
  );
}

interface CustomerFormProps {
  /** The one that is changed, and how he is read again. */
  present?: { customer: Customer; reload: () => Promise<Customer | undefined> };
  home: string;
  onDone?: () => void;
}

/** The profile of a customer: new, or as he is. */
export function CustomerForm({ present, home, onDone }: CustomerFormProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const customer = present?.customer;
  const save = useSaveCustomer(customer?.id);
  const form = useAppForm<ProfileForm, { id: string }>({
    schema: profileSchema,
    values: toForm(customer),
    present: present && { version: present.customer.version, reload: present.reload },
    save: (values, sending) => save.mutateAsync({ profile: toProfile(values), ...sending }),
    onSaved: ({ id }) => {
      toast({ tone: "success", title: t("customer.saved") });
      if (onDone) onDone();
      else void navigate(`${home}/${id}`, { replace: true });
    },
  });
  const company = useWatch({ control: form.control, name: "kind" }) === "corporate";
  const line = (name: Line, options: { required?: boolean; dir?: "auto" | "ltr"; type?: string; hint?: string } = {}) => (
    <TextField form={form} name={name} label={t(`customer.${name}`)} dir="ltr" autoComplete="off" {...options} />
  );
  return (
    <Card className="p-4 sm:p-6">
      <Form form={form}>
        {customer && <IdentityWarning customer={customer} />}
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <SelectField form={form} name="kind" label={t("customer.kind")} options={KINDS.map((value) => ({ value, label: t(`customerKind.${value}`) }))} />
          <SelectField form={form} name="locale" label={t("customer.locale")} options={LOCALES.map((value) => ({ value, label: LOCALE_NAMES[value] }))} />
          {company && line("company_name", { required: true, dir: "auto" })}
          {company && line("legal_form", { dir: "auto", hint: t("customer.legalFormHint") })}
          {line("first_name", { required: !company, dir: "auto" })}
          {line("last_name", { required: !company, dir: "auto" })}
          {line("email", { required: true, type: "email" })}
          {line("phone", { type: "tel", hint: t("customer.phoneHint") })}
          {line("website", { type: "url" })}
        </div>
        <div role="group" aria-label={t("customer.identifiers")} className="grid gap-4 border-t pt-4">
          <CardTitle>{t("customer.identifiers")}</CardTitle>
          <div className="grid items-start gap-4 sm:grid-cols-2">
            {line("nif", { hint: t("customer.nifHint") })}
            {line("nis", { hint: t("customer.nisHint") })}
            {line("rc", { hint: t("customer.rcHint") })}
            {line("ai", { hint: t("customer.aiHint") })}
            {line("rib", { hint: t("customer.ribHint") })}
            {!company && line("nin", { hint: customer?.nin_last4 ? t("customer.ninKept", { last: customer.nin_last4 }) : t("customer.ninHint") })}
          </div>
        </div>
        <FormActions form={form} onCancel={() => (onDone ? onDone() : void navigate(home))} />
      </Form>
    </Card>
  );
}
