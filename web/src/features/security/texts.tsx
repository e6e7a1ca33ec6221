import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { Coins, MessageSquareText } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { SMS_STATES, type SmsMessage } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { DataList } from "@/components/list/data-list";
import { FilterBar } from "@/components/list/filter-bar";
import { RowTitle } from "@/components/list/row-title";
import { Ltr } from "@/components/mono";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Fact, Facts } from "@/components/ui/facts";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { useDataTable } from "@/components/ui/use-data-table";
import { useUrlFilter } from "@/lib/url-filter";
import { useFormat } from "@/lib/use-format";
import { TEXTS, useTextUsage, useTexts } from "./data/texts";

const column = createColumnHelper<SmsMessage>();
/** Why a text was not even handed over; everything else is what the provider says. */
const HELD = ["over_cap", "no_price"];
const TONES = { queued: "neutral", sent: "info", delivered: "success", failed: "danger", expired: "warning" } as const;

/** Every text message, what became of it, and what they cost. */
export function TextMessagesPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const list = useUrlFilter(TEXTS);
  const { query, rows } = useTexts(list.filter);
  const currency = useTextUsage().data?.currency;
  const columns = useMemo(() => {
    const state = (text: SmsMessage) => <Badge tone={TONES[text.state]}>{t(`smsState.${text.state}`)}</Badge>;
    const credits = (text: SmsMessage) => text.credits != null && format.number(text.credits);
    const cost = (text: SmsMessage) => text.cost_micros !== null && currency && format.money(currency, text.cost_micros, true);
    return [
      column.accessor("phone", {
        header: t("texts.to"),
        cell: ({ row: { original: text } }) => (
          <RowTitle
            sub={<Why text={text} />}
            phone={
              <>
                {state(text)}
                <Why text={text} />
                <Time at={text.created_at} />
              </>
            }
          >
            <Ltr>{text.phone}</Ltr>
          </RowTitle>
        ),
      }),
      column.accessor("state", { header: t("texts.state"), meta: { className: "hidden sm:table-cell w-36", name: t("texts.state") }, cell: ({ row }) => state(row.original) }),
      column.accessor("provider", {
        header: t("texts.provider"),
        meta: { className: "hidden lg:table-cell w-32", name: t("texts.provider") },
        cell: ({ getValue }) => t([`smsProvider.${getValue() ?? "none"}`, "smsProvider.none"]),
      }),
      column.accessor("credits", { header: t("texts.credits"), meta: { className: "hidden md:table-cell w-24", name: t("texts.credits") }, cell: ({ row }) => credits(row.original) }),
      column.accessor("cost_micros", { header: t("texts.cost"), meta: { className: "hidden lg:table-cell w-32", name: t("texts.cost") }, cell: ({ row }) => cost(row.original) }),
      column.accessor("created_at", { header: t("texts.at"), meta: { className: "hidden sm:table-cell w-36" }, cell: ({ getValue }) => <Time at={getValue()} /> }),
    ] as ColumnDef<SmsMessage, never>[];
  }, [t, format, currency]);
  const table = useDataTable({ name: "texts", rows, columns, rowId: (text) => text.id });
  return (
    <Page
      title={t("nav.texts")}
      description={t("texts.text")}
      width="wide"
      actions={
        <Button asChild>
          <Link to="/admin/texts/costs">
            <Coins aria-hidden />
            {t("textCosts.open")}
          </Link>
        </Button>
      }
    >
      <Usage />
      <FilterBar
        list={list}
        search={{ key: "q", label: t("texts.search") }}
        facets={[{ key: "state", label: t("texts.state"), any: t("texts.anyState"), options: SMS_STATES.map((value) => ({ value, label: t(`smsState.${value}`) })) }]}
        table={table}
      />
      <DataList table={table} query={query} label={t("nav.texts")} filter={list} empty={{ icon: MessageSquareText, title: t("texts.none"), text: t("texts.noneText") }} />
    </Page>
  );
}

/** Who gets it, what for and, when it went wrong, why. */
function Why({ text }: { text: SmsMessage }) {
  const { t } = useTranslation();
  const what = t([`smsPurpose.${text.purpose}`, "smsPurpose.other"]);
  return (
    <span className="min-w-0 break-words">
      {text.user_name ? `${text.user_name} · ${what}` : what}
      {text.error && (
        <>
          {" · "}
          <bdi>{HELD.includes(text.error) ? t(`smsHeld.${text.error}`) : text.error}</bdi>
        </>
      )}
    </span>
  );
}

function Usage() {
  const { t } = useTranslation();
  const format = useFormat();
  const usage = useTextUsage();
  if (usage.isError && !usage.data) return <ErrorState error={usage.error} onRetry={() => void usage.refetch()} />;
  if (!usage.data) return <Skeleton className="h-20" />;
  const { provider, hourly, months } = usage.data;
  if (provider == null)
    return (
      <Alert tone="info" title={t("texts.off")}>
        {t("texts.offText")}
      </Alert>
    );
  return (
    <Section title={t("texts.usage")}>
      <Facts>
        <Fact name={t("texts.provider")}>{t([`smsProvider.${provider}`, "smsProvider.none"])}</Fact>
        <Fact name={t("texts.hourly")}>{format.number(hourly)}</Fact>
        {months.map((month) => (
          <Fact key={`${month.month} ${month.provider}`} name={`${format.month(month.month)} · ${t([`smsProvider.${month.provider}`, "smsProvider.none"])}`}>
            {t("texts.creditCount", { count: month.credits, n: format.number(month.credits) })} · {t("texts.messageCount", { count: month.messages, n: format.number(month.messages) })}
          </Fact>
        ))}
      </Facts>
    </Section>
  );
}
