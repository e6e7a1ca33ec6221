import { ListTodo } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { JOB_STATES } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { FilterBar } from "@/components/list/filter-bar";
import { Views } from "@/components/list/views";
import { Page } from "@/components/page";
import { useDataTable } from "@/components/ui/use-data-table";
import { useUrlFilter } from "@/lib/url-filter";
import { useFormat } from "@/lib/use-format";
import { jobColumns } from "./components/job-columns";
import { JOB_FILTER, useJobs, useQueues } from "./data/queries";

export function JobListPage() {
  const { t } = useTranslation();
  const { number } = useFormat();
  const list = useUrlFilter(JOB_FILTER);
  const { query, rows } = useJobs(list.filter);
  const queues = useQueues().data?.items;
  const columns = useMemo(() => jobColumns(t, number), [t, number]);
  const table = useDataTable({ name: "jobs", rows, columns, rowId: (job) => job.id });
  return (
    <Page title={t("nav.jobs")} width="wide">
      <Views
        name="jobs"
        list={list}
        views={[
          { name: t("job.views.all"), filter: {} },
          { name: t("job.views.dead"), filter: { state: "dead" } },
          { name: t("job.views.running"), filter: { state: "running" } },
        ]}
      />
      <FilterBar
        list={list}
        search={{ key: "kind", label: t("job.searchKind") }}
        facets={[
          {
            key: "queue",
            label: t("job.queue"),
            any: t("job.allQueues"),
            options: queues ? queues.map(({ name }) => ({ value: name, label: t(`queueName.${name}`) })) : [],
          },
          { key: "state", label: t("job.state"), any: t("job.allStates"), options: JOB_STATES.map((value) => ({ value, label: t(`jobState.${value}`) })) },
        ]}
        table={table}
      />
      <DataList
        table={table}
        query={query}
        filter={list}
        label={t("nav.jobs")}
        empty={{ icon: ListTodo, title: t("job.noneYet") }}
        href={(job) => `/admin/jobs/${job.id}`}
      />
    </Page>
  );
}
