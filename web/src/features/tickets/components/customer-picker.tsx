import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import { Ltr } from "@/components/mono";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useSettled } from "@/lib/use-settled";

const SHOWN = 6;

/** Finds a customer by name, number or address. What was chosen is said by the list's chips. */
export function CustomerPicker({ onChange }: { onChange: (id: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const q = useSettled(text.trim(), 250);
  const wanted = text.trim() !== "" && q !== "";
  const found = useQuery({
    queryKey: ["customers", "pick", q],
    enabled: wanted,
    queryFn: ({ signal }) => call(api.GET("/api/v1/customers", { params: { query: { q, limit: SHOWN } }, signal })),
    placeholderData: keepPreviousData,
  });
  const items = wanted ? found.data?.items : undefined;
  return (
    <div className="grid content-start gap-1.5">
      <Field label={t("ticketFilter.customer")} hint={t("ticketFilter.customerHint")} error={wanted && found.isError ? t("ticketFilter.customersFailed") : undefined}>
        {(control) => <Input {...control} type="search" dir={text === "" ? undefined : "auto"} autoComplete="off" value={text} onChange={(event) => setText(event.target.value)} />}
      </Field>
      {items && items.length > 0 && (
        <ul aria-label={t("ticketFilter.customers")} aria-busy={found.isFetching} className="grid gap-0.5">
          {items.map(({ id, name, number }) => (
            <li key={id}>
              <Button
                variant="ghost"
                size="sm"
                className="w-full justify-start gap-2 font-normal"
                onClick={() => {
                  onChange(id);
                  setText("");
                }}
              >
                <Ltr className="tabular text-muted-foreground">{number}</Ltr>
                <bdi className="truncate">{name}</bdi>
              </Button>
            </li>
          ))}
        </ul>
      )}
      <p role="status" className="text-sm text-muted-foreground empty:hidden">
        {items?.length === 0 && !found.isFetching ? t("ticketFilter.noCustomer") : ""}
      </p>
    </div>
  );
}
