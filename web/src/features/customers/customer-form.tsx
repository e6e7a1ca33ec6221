import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { explain, fieldErrors } from "@/api/problem";
import { Page } from "@/components/page";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { toast } from "@/components/ui/toast";
import { letGo, useLeaveGuard } from "@/lib/use-leave-guard";
import { KINDS, useSaveCustomer, type Customer, type Profile } from "./data/queries";

type Name = Exclude<keyof Profile, "kind" | "locale">;
type Form = Record<Name | "kind" | "locale", string>;

const NAMES: Name[] = ["first_name", "last_name", "company_name", "legal_form", "email", "phone", "website", "nif", "nis", "rc", "ai", "rib", "nin"];

function toForm(customer?: Customer): Form {
  const form = { kind: customer?.kind ?? "corporate", locale: customer?.locale ?? "fr" } as Form;
  const known = customer as unknown as Record<string, string | null> | undefined;
  for (const name of NAMES) form[name] = known?.[name] ?? "";
  return form;
}

/** What the form says. The NIN is never shown, so an empty field leaves it as it is. */
function toProfile(form: Form): Profile {
  const filled = NAMES.filter((name) => form[name].trim() !== "" && !(name === "nin" && form.kind === "corporate"));
  const fields = Object.fromEntries(filled.map((name) => [name, form[name].trim()]));
  return { ...fields, kind: form.kind as Profile["kind"], locale: form.locale, email: form.email.trim() };
}

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

/** The profile of a customer: new, or as he is. */
export function CustomerForm({ customer, home, onDone }: { customer?: Customer; home: string; onDone?: () => void }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const save = useSaveCustomer(customer);
  const [start] = useState(() => toForm(customer));
  const [form, setForm] = useState(start);
  const dirty = Object.keys(form).some((name) => form[name as Name] !== start[name as Name]);
  useLeaveGuard(dirty && !save.isSuccess);
  const errors: Record<string, string> = {};
  for (const [pointer, key] of Object.entries(save.isError ? fieldErrors((name) => i18n.exists(name), save.error) : {})) {
    errors[pointer.replace(/^profile\./, "")] = t(key);
  }
  const failure = save.isError ? explain(t, save.error) : null;
  const company = form.kind === "corporate";

  function submit(event: FormEvent) {
    event.preventDefault();
    save.mutate(toProfile(form), {
      onSuccess: (stored) => {
        toast({ tone: "success", title: t("customer.saved") });
        letGo();
        if (onDone) onDone();
        else void navigate(`${home}/${stored.id}`);
      },
    });
  }
  const line = (name: Name, options: { required?: boolean; dir?: "auto" | "ltr"; type?: string; hint?: string } = {}) => (
    <Field label={t(`customer.${name}`)} hint={options.hint} error={errors[name]} required={options.required}>
      {(control) => (
        <Input
          {...control}
          dir={options.dir ?? "ltr"}
          type={options.type}
          autoComplete="off"
          value={form[name]}
          onChange={(event) => setForm({ ...form, [name]: event.target.value })}
        />
      )}
    </Field>
  );

  return (
    <Card className="p-4 sm:p-6">
      <form onSubmit={submit} noValidate className="grid gap-4">
        {failure && (
          <Alert tone="danger" title={failure.title} live>
            {failure.action}
          </Alert>
        )}
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <Field label={t("customer.kind")}>
            {(control) => (
              <Select {...control} value={form.kind} onChange={(event) => setForm({ ...form, kind: event.target.value })}>
                {KINDS.map((kind) => (
                  <option key={kind} value={kind}>
                    {t(`customerKind.${kind}`)}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <Field label={t("customer.locale")}>
            {(control) => (
              <Select {...control} value={form.locale} onChange={(event) => setForm({ ...form, locale: event.target.value })}>
                <option value="fr">Français</option>
                <option value="en">English</option>
                <option value="ar">العربية</option>
              </Select>
            )}
          </Field>
          {company && line("company_name", { required: true, dir: "auto" })}
          {company && line("legal_form", { dir: "auto", hint: t("customer.legalFormHint") })}
          {line("first_name", { required: !company, dir: "auto" })}
          {line("last_name", { required: !company, dir: "auto" })}
          {line("email", { required: true, type: "email" })}
          {line("phone", { type: "tel", hint: t("customer.phoneHint") })}
          {line("website", { type: "url" })}
        </div>
        <fieldset className="grid gap-4 border-t pt-4">
          <legend className="sr-only">{t("customer.identifiers")}</legend>
          <h2 className="text-sm font-semibold">{t("customer.identifiers")}</h2>
          <div className="grid items-start gap-4 sm:grid-cols-2">
            {line("nif", { hint: t("customer.nifHint") })}
            {line("nis", { hint: t("customer.nisHint") })}
            {line("rc", { hint: t("customer.rcHint") })}
            {line("ai", { hint: t("customer.aiHint") })}
            {line("rib", { hint: t("customer.ribHint") })}
            {!company && line("nin", { hint: customer?.nin_last4 ? t("customer.ninKept", { last: customer.nin_last4 }) : t("customer.ninHint") })}
          </div>
        </fieldset>
        <div className="flex justify-end gap-2 border-t pt-4">
          <Button onClick={() => (onDone ? onDone() : void navigate(home))}>{t("common.cancel")}</Button>
          <Button type="submit" variant="primary" busy={save.isPending}>
            {t("common.save")}
          </Button>
        </div>
      </form>
    </Card>
  );
}
