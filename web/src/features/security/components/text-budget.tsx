import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SmsBudget } from "@/api/types";
import { TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Fact, Facts } from "@/components/ui/facts";
import { Progress } from "@/components/ui/progress";
import { Section } from "@/components/ui/section";
import { toast } from "@/components/ui/toast";
import { useMay } from "@/features/shell/use-user";
import { useFormat } from "@/lib/use-format";
import { budgetSchema, fromMicros, toMicros, useChangeTextBudget, type BudgetForm } from "../data/costs";

interface BudgetProps {
  budget: SmsBudget;
  reload: () => Promise<SmsBudget | undefined>;
}

/** How this month stands, and what those before came to. */
export function TextBudget({ budget, reload }: BudgetProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const manage = useMay("texts.manage");
  const [changing, setChanging] = useState(false);
  const { currency, cap_micros: cap, spent_micros: spent, months } = budget;
  const share = cap === null ? null : cap === 0 ? 1 : spent / cap;
  return (
    <>
      {share !== null && share >= 0.8 && (
        <Alert tone={share >= 1 ? "danger" : "warning"} title={t(share >= 1 ? "textCosts.reached" : "textCosts.near")}>
          {t("textCosts.reachedText")}
        </Alert>
      )}
      <Section title={format.month(budget.month)} actions={manage && <Button onClick={() => setChanging(true)}>{t("textCosts.changeCap")}</Button>}>
        <div className="grid gap-4">
          <Facts>
            <Fact name={t("textCosts.spent")}>{format.money(currency, spent)}</Fact>
            <Fact name={t("textCosts.cap")}>{cap === null ? t("textCosts.noCap") : format.money(currency, cap)}</Fact>
            {share !== null && <Fact name={t("textCosts.share")}>{format.percent(share)}</Fact>}
            <Fact name={t("textCosts.currency")}>{currency}</Fact>
          </Facts>
          {share !== null && <Progress value={Math.min(100, Math.round(share * 100))} label={t("textCosts.share")} />}
          <p className="text-sm text-muted-foreground">{t("textCosts.capText")}</p>
        </div>
      </Section>
      <Section title={t("textCosts.months")}>
        {months.length === 0 ? (
          <p className="text-sm text-muted-foreground">{t("textCosts.noMonths")}</p>
        ) : (
          <Facts>
            {months.map((month) => (
              <Fact key={month.month} name={format.month(month.month)}>
                {format.money(currency, month.micros)} · {t("texts.messageCount", { count: month.messages, n: format.number(month.messages) })}
                {month.unpriced > 0 && (
                  <span className="block text-xs text-muted-foreground">{t("textCosts.withoutPrice", { count: month.unpriced, n: format.number(month.unpriced) })}</span>
                )}
              </Fact>
            ))}
          </Facts>
        )}
      </Section>
      {changing && <BudgetDialog budget={budget} reload={reload} onClose={() => setChanging(false)} />}
    </>
  );
}

function BudgetDialog({ budget, reload, onClose }: BudgetProps & { onClose: () => void }) {
  const { t } = useTranslation();
  const change = useChangeTextBudget();
  const form = useAppForm<BudgetForm>({
    schema: budgetSchema,
    values: { currency: budget.currency, cap_micros: fromMicros(budget.cap_micros) },
    present: { version: budget.version, reload },
    save: ({ currency, cap_micros }, { version }) => change.mutateAsync({ currency: currency.trim().toUpperCase(), cap_micros: cap_micros.trim() ? toMicros(cap_micros) : null, version }),
    onSaved: () => {
      toast({ tone: "success", title: t("textCosts.capSaved") });
      onClose();
    },
  });
  return (
    <FormDialog form={form} title={t("textCosts.changeCap")} description={t("textCosts.capText")} confirm={t("common.save")} onClose={onClose}>
      <TextField form={form} name="cap_micros" label={t("textCosts.cap")} hint={t("textCosts.capHint")} inputMode="decimal" dir="ltr" autoComplete="off" data-autofocus />
      <TextField form={form} name="currency" label={t("textCosts.currency")} hint={t("textCosts.currencyHint")} required dir="ltr" autoComplete="off" spellCheck={false} />
    </FormDialog>
  );
}
