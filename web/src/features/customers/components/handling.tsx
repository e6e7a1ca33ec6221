import { useState } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { SelectField, TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Fact, Facts } from "@/components/ui/facts";
import { Section } from "@/components/ui/section";
import { toast } from "@/components/ui/toast";
import { useMay } from "@/features/shell/use-user";
import { after, named } from "@/lib/choices";
import { useAgents } from "@/lib/use-agents";
import { wordsOf } from "@/lib/words";
import { useHandleCustomer, type Customer } from "../data/queries";
import { TIERS } from "../data/words";

interface HandlingProps {
  customer: Customer;
  reload: () => Promise<Customer | undefined>;
}

/** What staff decide about a customer: who looks after him, what he may expect, and his tags. */
export function Handling({ customer, reload }: HandlingProps) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState(false);
  const edit = useMay("customers.edit") && !customer.deleted_at && (
    <Button size="sm" aria-label={t("customer.changeHandling")} onClick={() => setEditing(true)}>
      {t("common.edit")}
    </Button>
  );
  return (
    <Section title={t("customer.handling")} actions={edit}>
      <Facts className="sm:grid-cols-2 lg:grid-cols-2">
        <Fact name={t("customer.manager")}>
          {customer.account_manager ? <bdi>{customer.account_manager.name}</bdi> : <span className="text-muted-foreground">{t("customer.nobody")}</span>}
        </Fact>
        <Fact name={t("customer.tier")}>{t(`customerTier.${customer.tier ?? "standard"}`)}</Fact>
        <Fact name={t("customer.tags")} className="sm:col-span-2">
          {customer.tags.length > 0 ? (
            <span className="flex flex-wrap gap-1.5 pt-0.5">
              {customer.tags.map((tag) => (
                <Badge key={tag}>
                  <bdi>{tag}</bdi>
                </Badge>
              ))}
            </span>
          ) : (
            <span className="text-muted-foreground">{t("customer.noTags")}</span>
          )}
        </Fact>
      </Facts>
      {editing && <HandlingDialog customer={customer} reload={reload} onClose={() => setEditing(false)} />}
    </Section>
  );
}

const schema = z.object({ account_manager_id: z.string(), tier: z.enum(TIERS), tags: z.string() });

function HandlingDialog({ customer, reload, onClose }: HandlingProps & { onClose: () => void }) {
  const { t } = useTranslation();
  const agents = useAgents();
  const handle = useHandleCustomer(customer.id);
  const present = customer.account_manager;
  // Somebody who is no longer an agent may still look after him.
  const choices = agents && present && !agents.some((agent) => agent.id === present.id) ? [present, ...agents] : agents;
  const form = useAppForm<z.infer<typeof schema>>({
    schema,
    values: { account_manager_id: present?.id ?? "", tier: customer.tier ?? "standard", tags: customer.tags.join(", ") },
    present: { version: customer.version, reload },
    save: ({ account_manager_id, tier, tags }, { version }) => handle.mutateAsync({ body: { account_manager_id: account_manager_id || null, tier, tags: wordsOf(tags) }, version }),
    onSaved: () => {
      toast({ tone: "success", title: t("customer.saved") });
      onClose();
    },
    guard: false,
  });
  return (
    <FormDialog form={form} title={t("customer.handling")} confirm={t("common.save")} onClose={onClose}>
      <SelectField
        form={form}
        name="account_manager_id"
        label={t("customer.manager")}
        options={after({ value: "", label: t("customer.nobody") }, named(choices))}
        data-autofocus
      />
      <SelectField form={form} name="tier" label={t("customer.tier")} hint={t("customer.tierHint")} options={TIERS.map((value) => ({ value, label: t(`customerTier.${value}`) }))} />
      <TextField form={form} name="tags" label={t("customer.tags")} hint={t("customer.tagsHint")} autoComplete="off" />
    </FormDialog>
  );
}
