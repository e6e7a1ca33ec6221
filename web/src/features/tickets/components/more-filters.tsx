import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { TICKET_SOURCES } from "@/api/types";
import { Pick } from "@/components/form/choices";
import { Card } from "@/components/ui/card";
import { Checkbox } from "@/components/ui/checkbox";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useAllowed } from "@/lib/use-allowed";
import { after, named } from "@/lib/choices";
import { isDay, type UrlFilter } from "@/lib/url-filter";
import { useGroups } from "@/lib/use-groups";
import { isRequester, type TicketFilter } from "../data/filters";
import { CustomerPicker } from "./customer-picker";

interface MoreFiltersProps {
  list: UrlFilter<TicketFilter>;
  /** Asks what only staff may ask, too. */
  staff?: boolean;
}

/** What is asked of a list of tickets now and then; the bar above says it in chips. */
export function MoreFilters({ list: { filter, change }, staff = false }: MoreFiltersProps) {
  const { t } = useTranslation();
  const groups = useGroups(staff);
  const mayCustomers = useAllowed("customers.view");
  const mine = useId();
  const sources = TICKET_SOURCES.map((value) => ({ value: value as string, label: t(`ticketFilter.sources.${value}`) }));
  return (
    <Card aria-label={t("ticketFilter.more")} className="grid items-start gap-3 p-3 sm:grid-cols-2 lg:grid-cols-4">
      {staff && (
        <>
          <Pick
            label={t("ticket.group")}
            value={filter.group}
            options={after({ value: "", label: t("ticketFilter.anyGroup") }, named(groups))}
            onChange={(group) => change({ group })}
          />
          <Pick
            label={t("ticketFilter.source")}
            value={filter.source}
            options={[{ value: "", label: t("ticketFilter.anySource") }, ...sources]}
            onChange={(source) => change({ source: source as TicketFilter["source"] })}
          />
          {mayCustomers && <CustomerPicker onChange={(customer) => change({ customer })} />}
          <Requester value={filter.requester} onChange={(requester) => change({ requester })} />
        </>
      )}
      <Period of="created" filter={filter} change={change} />
      <Period of="updated" filter={filter} change={change} />
      <div className="flex min-h-9 items-center gap-2 text-sm sm:col-span-2 lg:col-span-4">
        {staff ? (
          <Checkbox id={mine} checked={filter.mentioned === "me"} onCheckedChange={(on) => change({ mentioned: on === true ? "me" : "" })} />
        ) : (
          <Checkbox id={mine} checked={filter.requester === "me"} onCheckedChange={(on) => change({ requester: on === true ? "me" : "" })} />
        )}
        <label htmlFor={mine}>{t(staff ? "ticketFilter.mentioned" : "ticketFilter.byMe")}</label>
      </div>
    </Card>
  );
}

/** Asked for with Enter or when it is left: a half of an address is nobody's. */
function Requester({ value, onChange }: { value: string; onChange: (requester: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  const [wrong, setWrong] = useState(false);
  if (value !== seen) {
    setSeen(value);
    setText(value);
    setWrong(false);
  }
  const ask = () => {
    const wanted = text.trim();
    const isWrong = wanted !== "" && !isRequester(wanted);
    setWrong(isWrong);
    if (!isWrong && wanted !== value) onChange(wanted);
  };
  return (
    <Field label={t("ticket.requester")} hint={t("ticketFilter.requesterHint")} error={wrong ? t("ticketFilter.requesterWrong") : undefined}>
      {(control) => (
        <Input
          {...control}
          type="search"
          inputMode="email"
          dir="ltr"
          autoComplete="off"
          maxLength={254}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setWrong(false);
          }}
          onBlur={ask}
          onKeyDown={(event) => event.key === "Enter" && ask()}
        />
      )}
    </Field>
  );
}

/** Two days; a period that would end before it begins is one day. */
function Period({ of, filter, change }: { of: "created" | "updated"; filter: TicketFilter; change: UrlFilter<TicketFilter>["change"] }) {
  const { t } = useTranslation();
  const [first, last] = [`${of}_from`, `${of}_to`] as const;
  const [from, to] = [filter[first], filter[last]];
  // What was opened in a period is read as it was opened, which an index answers at once, however long ago it was.
  const opened = of === "created" && from === "" && to === "" && filter.sort === "-updated_at" ? { sort: "-created_at" as const } : {};
  return (
    <>
      <Day label={t(`ticketFilter.${first}`)} value={from} onChange={(day) => change({ ...opened, [first]: day, [last]: day > to && to !== "" ? day : to })} />
      <Day label={t(`ticketFilter.${last}`)} value={to} onChange={(day) => change({ ...opened, [last]: day, [first]: day < from && day !== "" ? day : from })} />
    </>
  );
}

/** Typed part by part; only a day that somebody can mean is asked for, and none once it was cleared. */
function Day({ label, value, onChange }: { label: string; value: string; onChange: (day: string) => void }) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <Field label={label}>
      {(control) => (
        <Input
          {...control}
          type="date"
          value={typed ?? value}
          onChange={(event) => {
            const { value: text, validity } = event.target;
            setTyped(text);
            if (isDay(text) || (text === "" && !validity.badInput)) onChange(text);
          }}
          onBlur={() => setTyped(null)}
        />
      )}
    </Field>
  );
}
