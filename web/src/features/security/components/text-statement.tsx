import { Download } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { SmsBudget } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { toastError } from "@/components/toast-error";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/input";
import { LoadMore } from "@/components/ui/load-more";
import { Skeleton } from "@/components/ui/skeleton";
import { NumberTable } from "@/features/statistics/table";
import { useFormat } from "@/lib/use-format";
import { useUrlFilter } from "@/lib/url-filter";
import { STATEMENT, useTextStatement, useTextStatementExport } from "../data/costs";

/** What a month came to, by purpose and country. */
export function TextStatement({ budget: { currency, months, month: present } }: { budget: SmsBudget }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { filter, change } = useUrlFilter(STATEMENT);
  const month = months.some((each) => each.month === filter.month) ? filter.month : "";
  const { query, rows } = useTextStatement(month);
  const file = useTextStatementExport();
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <Select aria-label={t("textStatement.month")} value={month} onChange={(event) => change({ month: event.target.value })} className="w-auto">
          <option value="">{t("textStatement.allMonths")}</option>
          {months.map((each) => (
            <option key={each.month} value={each.month}>
              {format.month(each.month)}
            </option>
          ))}
        </Select>
        <Button busy={file.isPending} onClick={() => file.mutate(month, { onError: toastError })}>
          <Download aria-hidden />
          {t("textStatement.export")}
        </Button>
      </div>
      {query.isPending ? (
        <Skeleton className="h-64" />
      ) : query.isError && rows.length === 0 ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <NumberTable
          title={month ? format.month(month) : t("textStatement.allMonths")}
          text={t("textStatement.text")}
          head={["purpose", "country", "month", "messages", "segments", "amount"].map((key) => t(`textStatementHead.${key}`))}
          rows={rows.map((sum) => ({
            key: `${sum.month} ${sum.purpose} ${sum.country}`,
            cells: [
              t([`smsPurpose.${sum.purpose}`, "smsPurpose.other"]),
              format.country(sum.country),
              format.month(sum.month),
              format.number(sum.messages),
              format.number(sum.segments),
              sum.unpriced > 0 ? `${format.money(currency, sum.micros)} · ${t("textCosts.withoutPrice", { count: sum.unpriced, n: format.number(sum.unpriced) })}` : format.money(currency, sum.micros),
            ],
          }))}
          empty={t("textStatement.none", { month: format.month(present) })}
          more={<LoadMore more={query.hasNextPage} busy={query.isFetchingNextPage} failed={query.isFetchNextPageError} onMore={() => void query.fetchNextPage()} />}
        />
      )}
    </>
  );
}
