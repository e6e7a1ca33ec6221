import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { ErrorState } from "@/components/error-state";
import { Ltr } from "@/components/mono";
import { Page } from "@/components/page";
import { Alert } from "@/components/ui/alert";
import { Skeleton } from "@/components/ui/skeleton";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { TextBudget } from "./components/text-budget";
import { TextPrices } from "./components/text-prices";
import { TextStatement } from "./components/text-statement";
import { useTextBudget } from "./data/costs";

const TABS = ["budget", "prices", "statement"] as const;

/** What text messages cost: the cap of a month, prices, and what months came to. */
export function TextCostsPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const budget = useTextBudget();
  const tab = TABS.find((each) => each === search.get("tab")) ?? "budget";
  return (
    <Page title={t("textCosts.title")} description={t("textCosts.text")} back={{ to: "/admin/texts", label: t("nav.texts") }}>
      {budget.isError && !budget.data ? (
        <ErrorState error={budget.error} onRetry={() => void budget.refetch()} />
      ) : !budget.data ? (
        <Skeleton className="h-64" />
      ) : (
        <>
          {budget.data.unpriced_prefixes.length > 0 && (
            <Alert tone="warning" title={t("textCosts.unpriced")}>
              <Ltr>{budget.data.unpriced_prefixes.map((prefix) => `+${prefix}`).join(", ")}</Ltr>. {t(budget.data.cap_micros === null ? "textCosts.unpricedText" : "textCosts.unpricedCapText")}
            </Alert>
          )}
          <Tabs value={tab} onValueChange={(next) => setSearch(next === "budget" ? {} : { tab: next }, { replace: true })}>
            <TabsList aria-label={t("textCosts.title")}>
              {TABS.map((each) => (
                <TabsTrigger key={each} value={each}>
                  {t(`textCostTab.${each}`)}
                </TabsTrigger>
              ))}
            </TabsList>
            <TabsContent value="budget" className="grid gap-4">
              <TextBudget budget={budget.data} reload={async () => (await budget.refetch()).data} />
            </TabsContent>
            <TabsContent value="prices" className="grid gap-4">
              <TextPrices currency={budget.data.currency} />
            </TabsContent>
            <TabsContent value="statement" className="grid gap-4">
              <TextStatement budget={budget.data} />
            </TabsContent>
          </Tabs>
        </>
      )}
    </Page>
  );
}
