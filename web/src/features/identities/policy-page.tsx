import { useTranslation } from "react-i18next";
import type { KycPolicy } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { CheckField, TextField } from "@/components/form/fields";
import { Form } from "@/components/form/form";
import { useAppForm } from "@/components/form/use-app-form";
import { ListSkeleton } from "@/components/list-skeleton";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Fact, Facts } from "@/components/ui/facts";
import { Figures } from "@/components/ui/figures";
import { Section } from "@/components/ui/section";
import { toast } from "@/components/ui/toast";
import { useFormat } from "@/lib/use-format";
import { policySchema, toForm, toInput, useChangeKycPolicy, useKycPolicy, type PolicyForm } from "./data";

/** What is closed without a verified identity, and from when on one may be renewed. */
export function KycPolicyPage() {
  const { t } = useTranslation();
  const query = useKycPolicy();
  return (
    <Page title={t("nav.kycPolicy")} description={t("kycPolicy.text")} width="narrow">
      {query.isPending && <ListSkeleton rows={6} />}
      {query.isError && !query.data && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && (
        <>
          <Concerned policy={query.data} />
          <Gates policy={query.data} reload={async () => (await query.refetch()).data} />
        </>
      )}
    </Page>
  );
}

function Concerned({ policy }: { policy: KycPolicy }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      <Figures
        label={t("kycPolicy.concerned")}
        list={[
          { name: t("kycPolicy.unverified"), value: format.number(policy.unverified) },
          { name: t("kycPolicy.full"), value: format.number(policy.full) },
          { name: t("kycPolicy.renewable"), value: format.number(policy.renewable) },
          { name: t("kycPolicy.handedIn"), value: format.number(policy.renewing) },
        ]}
      />
      <Section title={t("kycPolicy.standings")}>
        {Object.keys(policy.customers).length === 0 ? (
          <p className="text-sm text-muted-foreground">{t("kycPolicy.noCustomers")}</p>
        ) : (
          <Facts>
            {Object.entries(policy.customers).map(([state, count]) => (
              <Fact key={state} name={t(`identityState.${state}`)}>
                {format.number(count)}
              </Fact>
            ))}
          </Facts>
        )}
      </Section>
    </>
  );
}

function Gates({ policy, reload }: { policy: KycPolicy; reload: () => Promise<KycPolicy | undefined> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const change = useChangeKycPolicy();
  const form = useAppForm<PolicyForm>({
    schema: policySchema,
    values: toForm(policy),
    present: { version: policy.version, reload },
    save: (values, { version }) => change.mutateAsync({ ...toInput(values), version }),
    onSaved: () => toast({ tone: "success", title: t("kycPolicy.saved") }),
  });
  const unverified = format.number(policy.unverified);
  return (
    <Form form={form} label={t("nav.kycPolicy")}>
      <Section title={t("kycPolicy.members")}>
        <TextField
          form={form}
          name="unverified_members"
          type="number"
          min={1}
          max={1000}
          dir="ltr"
          required
          label={t("kycPolicy.membersLabel")}
          hint={t("kycPolicy.membersHint", { unverified, full: format.number(policy.full) })}
        />
      </Section>
      <Section title={t("kycPolicy.orders")}>
        <div className="grid gap-4">
          <p className="text-sm text-muted-foreground">{t("kycPolicy.ordersText")}</p>
          <CheckField form={form} name="standard_needs_identity" label={t("kycPolicy.standardLabel")} hint={t("kycPolicy.standardHint", { unverified })} />
          <TextField form={form} name="unverified_credit" inputMode="decimal" dir="ltr" autoComplete="off" required label={t("kycPolicy.creditLabel")} hint={t("kycPolicy.creditHint", { unverified })} />
        </div>
      </Section>
      <Section title={t("kycPolicy.renewal")}>
        <TextField
          form={form}
          name="renewal_days"
          type="number"
          min={1}
          max={365}
          dir="ltr"
          required
          label={t("kycPolicy.renewalLabel")}
          hint={t("kycPolicy.renewalHint", { renewable: format.number(policy.renewable), renewing: format.number(policy.renewing) })}
        />
      </Section>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-xs text-muted-foreground">
          {policy.updated_by !== null && (
            <>
              {t("kycPolicy.changed")} <Time at={policy.updated_at} /> · <bdi>{policy.updated_by}</bdi>
            </>
          )}
        </p>
        <Button type="submit" variant="primary" busy={form.formState.isSubmitting}>
          {t("common.save")}
        </Button>
      </div>
    </Form>
  );
}
