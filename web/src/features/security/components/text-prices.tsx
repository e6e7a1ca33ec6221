import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { Coins, MoreHorizontal, Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SmsPrice } from "@/api/types";
import { TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { DataList } from "@/components/list/data-list";
import { FilterBar } from "@/components/list/filter-bar";
import { RowTitle } from "@/components/list/row-title";
import { Mono } from "@/components/mono";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";
import { toast } from "@/components/ui/toast";
import { useDataTable } from "@/components/ui/use-data-table";
import { useMay } from "@/features/shell/use-user";
import { instantOf } from "@/lib/format";
import { uniqueKey } from "@/lib/unique";
import { useUrlFilter } from "@/lib/url-filter";
import { useFormat } from "@/lib/use-format";
import { useNow } from "@/lib/use-now";
import { fromMicros, PRICES, priceSchema, toMicros, useSetTextPrice, useTextPrices, useWithdrawTextPrice, type PriceForm } from "../data/costs";

/** A price and how it stands now: known with the row, so that an open menu stays while the clock goes on. */
type Standing = SmsPrice & { state: keyof typeof TONES };
const column = createColumnHelper<Standing>();
type Asked = { do: "set"; price?: SmsPrice } | { do: "end" | "withdraw"; price: SmsPrice };
const TONES = { planned: "info", holds: "success", past: "neutral" } as const;

const standing = (price: SmsPrice, now: number) => {
  if (Date.parse(price.valid_from) > now) return "planned";
  return price.valid_until && Date.parse(price.valid_until) <= now ? "past" : "holds";
};

/** Prices by the first digits of numbers, each with its time. */
export function TextPrices({ currency }: { currency: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const manage = useMay("texts.manage");
  const list = useUrlFilter(PRICES);
  const { query, rows } = useTextPrices(list.filter);
  // A price that was set a moment ago holds already, though the page's clock ticks seldom.
  const now = Math.max(useNow(), query.dataUpdatedAt);
  const standings = useMemo(() => rows.map((price): Standing => ({ ...price, state: standing(price, now) })), [rows, now]);
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);
  const columns = useMemo(() => {
    const amount = ({ micros }: SmsPrice) => (micros === null ? t("textPrice.ended") : format.money(currency, micros, true));
    const badge = ({ state }: Standing) => <Badge tone={TONES[state]}>{t(`textPriceState.${state}`)}</Badge>;
    const span = (price: SmsPrice) => (
      <>
        <Time at={price.valid_from} full />
        {price.valid_until && (
          <>
            {" – "}
            <Time at={price.valid_until} full />
          </>
        )}
      </>
    );
    return [
      column.accessor("prefix", {
        header: t("textPrice.prefix"),
        cell: ({ row: { original: price } }) => (
          <RowTitle
            sub={<bdi className="truncate">{price.label}</bdi>}
            phone={
              <>
                {badge(price)}
                <bdi>{price.label}</bdi>
                <span>{amount(price)}</span>
                <span>{span(price)}</span>
              </>
            }
          >
            <Mono>+{price.prefix}</Mono>
          </RowTitle>
        ),
      }),
      column.accessor("micros", { header: t("textPrice.micros"), meta: { className: "hidden sm:table-cell w-40" }, cell: ({ row }) => amount(row.original) }),
      column.display({ id: "state", header: t("texts.state"), meta: { className: "hidden sm:table-cell w-32" }, cell: ({ row }) => badge(row.original) }),
      column.accessor("valid_from", { header: t("textPrice.time"), meta: { className: "hidden md:table-cell w-72" }, cell: ({ row }) => span(row.original) }),
      ...(manage
        ? [
            column.display({
              id: "actions",
              header: () => <span className="sr-only">{t("common.actions")}</span>,
              meta: { className: "w-14 text-end" },
              cell: ({ row }) => <Actions price={row.original} onAsk={setAsked} />,
            }),
          ]
        : []),
    ] as ColumnDef<Standing, never>[];
  }, [t, format, currency, manage]);
  const table = useDataTable({ name: "text-prices", rows: standings, columns, rowId: (price) => price.id });
  const add = manage && (
    <Button variant="primary" onClick={() => setAsked({ do: "set" })}>
      <Plus aria-hidden />
      {t("textPrice.add")}
    </Button>
  );
  return (
    <>
      <FilterBar list={list} facets={[{ key: "past", label: t("textPrice.which"), any: t("textPrice.present"), options: [{ value: "all", label: t("textPrice.withPast") }] }]}>
        {rows.length > 0 && add}
      </FilterBar>
      <DataList table={table} query={query} label={t("textCostTab.prices")} empty={{ icon: Coins, title: t("textPrice.none"), text: t("textPrice.noneText"), action: add }} expected={3} />
      {asked?.do === "set" && <PriceDialog price={asked.price} currency={currency} onClose={close} />}
      {asked?.do === "end" && <EndPrice price={asked.price} onClose={close} />}
      {asked?.do === "withdraw" && <WithdrawPrice price={asked.price} onClose={close} />}
    </>
  );
}

function Actions({ price, onAsk }: { price: Standing; onAsk: (asked: Asked) => void }) {
  const { t } = useTranslation();
  const { state } = price;
  if (state === "past") return null;
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button variant="ghost" size="icon" aria-label={t("textPrice.actionsOf", { prefix: price.prefix })}>
          <MoreHorizontal aria-hidden />
        </Button>
      </MenuTrigger>
      <MenuContent align="end">
        <MenuItem onSelect={() => onAsk({ do: "set", price })}>{t("textPrice.next")}</MenuItem>
        {state === "holds" && price.micros !== null && <MenuItem onSelect={() => onAsk({ do: "end", price })}>{t("textPrice.end")}</MenuItem>}
        {state === "planned" && <MenuItem onSelect={() => onAsk({ do: "withdraw", price })}>{t("textPrice.withdraw")}</MenuItem>}
      </MenuContent>
    </Menu>
  );
}

/** A price for new digits, or the next one for those of a price. */
function PriceDialog({ price, currency, onClose }: { price?: SmsPrice; currency: string; onClose: () => void }) {
  const { t } = useTranslation();
  const set = useSetTextPrice();
  const form = useAppForm<PriceForm>({
    schema: priceSchema,
    values: { prefix: price?.prefix ?? "", label: price?.label ?? "", micros: fromMicros(price?.micros ?? null), valid_from: "" },
    save: ({ prefix, label, micros, valid_from }, { key }) => set.mutateAsync({ prefix, label, micros: toMicros(micros), valid_from: valid_from ? instantOf(valid_from) : null, key }),
    onSaved: () => {
      toast({ tone: "success", title: t("textPrice.saved") });
      onClose();
    },
  });
  return (
    <FormDialog form={form} title={t(price ? "textPrice.next" : "textPrice.add")} description={t("textPrice.addText")} confirm={t("common.save")} onClose={onClose}>
      <TextField form={form} name="prefix" label={t("textPrice.prefix")} hint={t("textPrice.prefixHint")} required inputMode="numeric" dir="ltr" autoComplete="off" data-autofocus={price ? undefined : true} />
      <TextField form={form} name="label" label={t("textPrice.label")} hint={t("textPrice.labelHint")} required autoComplete="off" />
      <TextField form={form} name="micros" label={t("textPrice.microsIn", { currency })} hint={t("textPrice.microsHint")} required inputMode="decimal" dir="ltr" autoComplete="off" data-autofocus={price ? true : undefined} />
      <TextField form={form} name="valid_from" label={t("textPrice.from")} hint={t("textPrice.fromHint")} type="datetime-local" />
    </FormDialog>
  );
}

function EndPrice({ price, onClose }: { price: SmsPrice; onClose: () => void }) {
  const { t } = useTranslation();
  const set = useSetTextPrice();
  const [key] = useState(uniqueKey);
  return (
    <ConfirmDialog
      open
      title={t("textPrice.endTitle", { prefix: price.prefix })}
      description={t("textPrice.endText")}
      confirm={t("textPrice.end")}
      danger
      error={set.error}
      busy={set.isPending}
      onCancel={onClose}
      onConfirm={() =>
        set.mutate(
          { prefix: price.prefix, label: price.label, micros: null, valid_from: null, key },
          {
            onSuccess: () => {
              toast({ tone: "success", title: t("textPrice.endDone") });
              onClose();
            },
          },
        )
      }
    />
  );
}

function WithdrawPrice({ price, onClose }: { price: SmsPrice; onClose: () => void }) {
  const { t } = useTranslation();
  const withdraw = useWithdrawTextPrice();
  return (
    <ConfirmDialog
      open
      title={t("textPrice.withdrawTitle", { prefix: price.prefix })}
      description={t("textPrice.withdrawText")}
      confirm={t("textPrice.withdraw")}
      danger
      error={withdraw.error}
      busy={withdraw.isPending}
      onCancel={onClose}
      onConfirm={() =>
        withdraw.mutate(price.id, {
          onSuccess: () => {
            toast({ tone: "success", title: t("textPrice.withdrawn") });
            onClose();
          },
        })
      }
    />
  );
}
