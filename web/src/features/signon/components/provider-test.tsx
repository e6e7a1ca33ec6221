import { PlugZap } from "lucide-react";
import { useTranslation } from "react-i18next";
import { explain } from "@/api/problem";
import type { ProviderTest as Result } from "@/api/types";
import { Mono } from "@/components/mono";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Fact, Facts } from "@/components/ui/facts";
import { useTestProvider } from "../data/queries";

/** Asks the provider, as it is saved, what it says about itself. */
export function ProviderTest({ id }: { id: string }) {
  const { t } = useTranslation();
  const test = useTestProvider(id);
  const failure = test.isError ? explain(t, test.error) : null;
  return (
    <section aria-label={t("providerTest.title")} className="grid gap-3 rounded-lg border p-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <p className="min-w-0 flex-1 basis-56 text-sm text-muted-foreground">{t("providerTest.text")}</p>
        <Button onClick={() => test.mutate()} busy={test.isPending}>
          <PlugZap aria-hidden />
          {t("providerTest.start")}
        </Button>
      </div>
      <div aria-live="polite">
        {failure && (
          <Alert tone="danger" title={failure.title}>
            {failure.action}
          </Alert>
        )}
        {test.data && <Verdict result={test.data} />}
      </div>
    </section>
  );
}

function Verdict({ result }: { result: Result }) {
  const { t } = useTranslation();
  if (!result.ok)
    return (
      <Alert tone="danger" title={t([`problem.${result.code}.title`, "problem.unexpected.title"])}>
        {result.detail && <Mono className="break-words">{result.detail}</Mono>}
      </Alert>
    );
  return (
    <Alert tone="info" title={t("providerTest.good")}>
      <Facts>
        <Fact name={t("providerTest.authorization")}>
          <Mono className="break-all">{result.authorization_endpoint}</Mono>
        </Fact>
        <Fact name={t("providerTest.algorithms")}>
          <Mono>{result.algorithms.join(", ")}</Mono>
        </Fact>
      </Facts>
    </Alert>
  );
}
