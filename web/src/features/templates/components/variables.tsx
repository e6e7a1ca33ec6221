import { CornerDownLeft } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { MessageVariable } from "@/api/types";
import { Mono } from "@/components/mono";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";

/** What a text may say, and how. */
export function Variables({ variables, onInsert }: { variables: readonly MessageVariable[]; onInsert: (name: string) => void }) {
  const { t } = useTranslation();
  const example = (variables.find(({ may_be_empty }) => may_be_empty) ?? variables[0])?.name ?? "";
  return (
    <details className="rounded-md border bg-sunken/40 p-3 text-sm">
      <summary className="min-h-[24px] cursor-pointer font-medium">{t("messageTemplate.variables")}</summary>
      <p className="mt-2 text-muted-foreground">{t("messageTemplate.variablesText")}</p>
      <ul className="mt-2 grid gap-x-6">
        {variables.map(({ name, sample, required, may_be_empty }) => (
          <li key={name} className="flex items-center gap-2 border-b py-1">
            <span className="min-w-0 flex-1">
              <span className="flex flex-wrap items-center gap-1.5">
                <Mono>{`{{ ${name} }}`}</Mono>
                {required && <Badge tone="warning">{t("messageTemplate.required")}</Badge>}
                {may_be_empty && <Badge>{t("messageTemplate.mayBeEmpty")}</Badge>}
              </span>
              <span className="block text-xs text-muted-foreground">
                {t(`messageVariable.${name.replaceAll(".", "_")}`)} <bdi className="break-all whitespace-pre-line">{`(${sample})`}</bdi>
              </span>
            </span>
            <Button size="icon-sm" variant="ghost" aria-label={t("messageTemplate.insert", { name })} onClick={() => onInsert(name)}>
              <CornerDownLeft aria-hidden className="flip-rtl" />
            </Button>
          </li>
        ))}
      </ul>
      <dl className="mt-3 grid gap-1.5">
        <dt className="font-medium">{t("messageTemplate.conditions")}</dt>
        <dd>
          <Mono>{`{% if ${example} %} … {% else %} … {% endif %}`}</Mono>
        </dd>
        <dt className="font-medium">{t("messageTemplate.filters")}</dt>
        <dd>
          <Mono>{`{{ ${example} | default("—") }}`}</Mono>
        </dd>
      </dl>
    </details>
  );
}
