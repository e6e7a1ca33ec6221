import { ListTodo, SearchX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { JOB_STATES, type JobSummary } from "@/api/types";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { Mono } from "@/components/mono";
import { Page } from "@/components/page";
import { SearchField } from "@/components/search-field";
import { JobStateBadge } from "@/components/state-badges";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Select } from "@/components/ui/input";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { ListSkeleton } from "@/components/list-skeleton";
import { useFormat } from "@/lib/use-format";
import { JobName } from "./components/job-name";
import { useJobs, useQueues, type JobFilter } from "./data/queries";

export function JobListPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const filter: JobFilter = { queue: search.get("queue") ?? "", state: search.get("state") ?? "", kind: search.get("kind") ?? "" };
  const jobs = useJobs(filter);
  const queues = useQueues();
  const rows = jobs.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = Object.values(filter).some((value) => value !== "");
  function change(part: Partial<JobFilter>) {
    const wanted = Object.entries({ ...filter, ...part }).filter(([, value]) => value !== "");
    setSearch(new URLSearchParams(wanted), { replace: "kind" in part });
  }
  return (
    <Page title={t("nav.jobs")} width="wide">
      <div className="flex flex-wrap gap-2">
        <SearchField label={t("job.searchKind")} value={filter.kind} onChange={(kind) => change({ kind })} />
        <Select aria-label={t("job.queue")} value={filter.queue} onChange={(event) => change({ queue: event.target.value })} className="w-auto">
          <option value="">{t("job.allQueues")}</option>
          {queues.data?.items.map(({ name }) => (
            <option key={name} value={name}>
              {t(`queueName.${name}`)}
            </option>
          ))}
        </Select>
        <Select aria-label={t("job.state")} value={filter.state} onChange={(event) => change({ state: event.target.value })} className="w-auto">
          <option value="">{t("job.allStates")}</option>
          {JOB_STATES.map((state) => (
            <option key={state} value={state}>
              {t(`jobState.${state}`)}
            </option>
          ))}
        </Select>
      </div>
      <Card className="overflow-hidden">
        {jobs.isPending ? (
          <ListSkeleton />
        ) : jobs.isError && rows.length === 0 ? (
          <ErrorState error={jobs.error} onRetry={() => void jobs.refetch()} />
        ) : rows.length === 0 ? (
          filtered ? (
            <Empty icon={SearchX} title={t("job.noMatch")} action={<Button onClick={() => setSearch({})}>{t("ticket.clearFilters")}</Button>} />
          ) : (
            <Empty icon={ListTodo} title={t("job.noneYet")} />
          )
        ) : (
          <Table label={t("nav.jobs")}>
            <thead>
              <tr>
                <Th>{t("job.name")}</Th>
                <Th>{t("job.state")}</Th>
                <Th>{t("job.attempts")}</Th>
                <Th>{t("job.runAt")}</Th>
                <Th>{t("job.lastError")}</Th>
              </tr>
            </thead>
            <tbody>
              {rows.map((job) => (
                <Row key={job.id} job={job} />
              ))}
            </tbody>
          </Table>
        )}
      </Card>
      {jobs.hasNextPage && (
        <Button className="justify-self-center" onClick={() => void jobs.fetchNextPage()} busy={jobs.isFetchingNextPage}>
          {t("common.more")}
        </Button>
      )}
    </Page>
  );
}

function Row({ job }: { job: JobSummary }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Tr className="hover:bg-sunken dark:hover:bg-raised">
      <Td className="min-w-48">
        <Link to={`/admin/jobs/${job.id}`} className="font-medium hover:underline">
          <JobName kind={job.kind} />
        </Link>
        <span className="block text-xs text-muted-foreground">{t(`queueName.${job.queue}`)}</span>
      </Td>
      <Td>
        <JobStateBadge state={job.state} />
      </Td>
      <Td className="tabular whitespace-nowrap">{t("job.failuresOf", { failures: format.number(job.failures), max: format.number(job.max_attempts) })}</Td>
      <Td className="whitespace-nowrap">
        <Time at={job.started_at ?? job.run_at} />
      </Td>
      <Td className="max-w-80">
        {job.last_error && (
          <span title={job.last_error} className="line-clamp-1">
            <Mono className="break-words">{job.last_error}</Mono>
          </span>
        )}
      </Td>
    </Tr>
  );
}
