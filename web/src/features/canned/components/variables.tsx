import { useTranslation } from "react-i18next";
import { ErrorState } from "@/components/error-state";
import { Mono } from "@/components/mono";
import { CopyButton } from "@/components/ui/copy-button";
import { Skeleton } from "@/components/ui/skeleton";
import { useCannedOptions } from "../data/queries";

/** What texts may say, and how. */
export function Variables() {
  const { t } = useTranslation();
  const options = useCannedOptions();
  return (
    <details className="rounded-md border bg-sunken/40 p-3 text-sm">
      <summary className="min-h-[24px] cursor-pointer font-medium">{t("canned.variables")}</summary>
      <p className="mt-2 text-muted-foreground">{t("canned.variablesText")}</p>
      {options.isError && <ErrorState error={options.error} onRetry={() => void options.refetch()} />}
      {options.isPending && <Skeleton className="mt-2 h-40" />}
      {options.data && (
        <>
          <ul className="mt-2 grid gap-x-6 sm:grid-cols-2">
            {options.data.variables.map(({ name, sample }) => (
              <li key={name} className="flex items-center gap-2 border-b py-1">
                <span className="min-w-0 flex-1">
                  <Mono>{`{{ ${name} }}`}</Mono>
                  <span className="block text-xs text-muted-foreground">
                    {t(`cannedVariable.${name.replace(".", "_")}`)} <bdi className="break-all">{`(${sample})`}</bdi>
                  </span>
                </span>
                <CopyButton text={`{{ ${name} }}`} label={t("canned.copy", { name })} />
              </li>
            ))}
          </ul>
          <dl className="mt-3 grid gap-1.5">
            <dt className="font-medium">{t("canned.conditions")}</dt>
            <dd>
              <Mono>{"{% if customer.name %} … {% else %} … {% endif %}"}</Mono>
            </dd>
            <dt className="font-medium">{t("canned.filters")}</dt>
            <dd>
              <Mono>{"{{ requester.name | upper }}   {{ customer.name | default(\"—\") }}"}</Mono>
            </dd>
          </dl>
        </>
      )}
    </details>
  );
}
