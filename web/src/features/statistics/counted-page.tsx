import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { ErrorState } from "@/components/error-state";
import { Dotted, Labelled } from "@/components/labelled";
import { Ltr } from "@/components/mono";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { LoadMore } from "@/components/ui/load-more";
import { Skeleton } from "@/components/ui/skeleton";
import { useUrlFilter } from "@/lib/url-filter";
import { useFormat } from "@/lib/use-format";
import { useAgents } from "@/lib/use-agents";
import { useGroups } from "@/lib/use-groups";
import { BEHIND, numbersPath, periodOf, useCounted } from "./data";
import { NumberTable } from "./table";

/** The tickets behind a number of the statistics. */
export function CountedPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { filter } = useUrlFilter(BEHIND);
  const period = periodOf(filter);
  const counted = filter.counted || "opened";
  const { query, rows } = useCounted(period, counted, filter.agent_id);
  const agents = useAgents();
  const groups = useGroups();
  const agent = filter.agent_id && (agents?.find(({ id }) => id === filter.agent_id)?.name ?? rows[0]?.agent);
  const group = filter.group_id && groups?.find(({ id }) => id === filter.group_id)?.name;
  const time = (seconds: number | null) => (seconds === null ? "–" : format.span(seconds * 1000));
  return (
    <Page
      title={t(`counted.${counted}`)}
      description={
        <Dotted
          parts={[
            <Ltr key="period">{`${period.from} – ${period.to} · ${period.zone}`}</Ltr>,
            agent && <Labelled name={t("statistics.agent")}>{agent}</Labelled>,
            group && <Labelled name={t("statistics.group")}>{group}</Labelled>,
          ]}
        />
      }
      back={{ to: numbersPath(filter), label: t("nav.statistics") }}
      width="wide"
    >
      {query.isPending ? (
        <Skeleton className="h-96" />
      ) : query.isError && rows.length === 0 ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <NumberTable
          title={t("statistics.behind")}
          text={t("statistics.behindText")}
          head={["ticket", "when", "agent", "group", "duration", "business", "promise", "rating"].map((key) => t(`statistics.${key}`))}
          rows={rows.map((row) => ({
            key: `${row.id} ${row.n}`,
            cells: [
              <Link key="ticket" className="inline-flex min-h-[24px] max-w-80 items-center gap-1 text-primary underline underline-offset-4" to={`/desk/tickets/${row.id}`}>
                <Ltr>#{row.number}</Ltr> <bdi className="truncate">{row.subject}</bdi>
              </Link>,
              <Time key="at" at={row.at} full />,
              <bdi key="agent">{row.agent ?? "–"}</bdi>,
              <bdi key="group">{row.group}</bdi>,
              time(row.seconds),
              time(row.business_seconds),
              row.kept === null ? "–" : t(row.kept ? "statistics.promiseKept" : "statistics.promiseBroken"),
              row.rating === null ? "–" : format.number(row.rating),
            ],
          }))}
          empty={t("statistics.nothing")}
          more={<LoadMore more={query.hasNextPage} busy={query.isFetchingNextPage} failed={query.isFetchNextPageError} onMore={() => void query.fetchNextPage()} />}
        />
      )}
    </Page>
  );
}
