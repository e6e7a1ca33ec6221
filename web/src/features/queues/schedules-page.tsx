import { CalendarClock, Play } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { Mono } from "@/components/mono";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { toast } from "@/components/ui/toast";
import { useMay } from "@/features/shell/use-user";
import { ListSkeleton } from "@/components/list-skeleton";
import { useFormat } from "@/lib/use-format";
import { useRunSchedule, useSchedules } from "./data/queries";

export function SchedulesPage() {
  const { t, i18n } = useTranslation();
  const schedules = useSchedules();
  const run = useRunSchedule();
  const manage = useMay("jobs.manage");
  const format = useFormat();
  const items = schedules.data?.items ?? [];
  const name = (key: string) => {
    const known = `scheduleName.${key.replaceAll(".", "_")}`;
    return i18n.exists(known) ? t(known) : key;
  };
  return (
    <Page title={t("nav.schedules")} width="wide">
      <Card className="overflow-hidden">
        {schedules.isPending ? (
          <ListSkeleton rows={5} />
        ) : schedules.isError ? (
          <ErrorState error={schedules.error} onRetry={() => void schedules.refetch()} />
        ) : items.length === 0 ? (
          <Empty icon={CalendarClock} title={t("schedule.none")} />
        ) : (
          <Table label={t("nav.schedules")}>
            <thead>
              <tr>
                <Th>{t("schedule.name")}</Th>
                <Th>{t("schedule.cron")}</Th>
                <Th>{t("schedule.last")}</Th>
                <Th>{t("schedule.next")}</Th>
                <Th>
                  <span className="sr-only">{t("common.actions")}</span>
                </Th>
              </tr>
            </thead>
            <tbody>
              {items.map((schedule) => (
                <Tr key={schedule.key} data-schedule={schedule.key}>
                  <Td className="min-w-48">
                    <bdi className="block font-medium">{name(schedule.key)}</bdi>
                    <Mono className="text-muted-foreground">{schedule.key}</Mono>
                  </Td>
                  <Td>
                    {t("schedule.every", { span: format.duration(schedule.every_seconds * 1000) })}
                  </Td>
                  <Td className="whitespace-nowrap">
                    {schedule.last_run_at ? <Time at={schedule.last_run_at} /> : t("schedule.never")}
                    {schedule.last_job_id && (
                      <Link to={`/admin/jobs/${schedule.last_job_id}`} className="ms-2 text-primary underline">
                        {t("schedule.job")}
                      </Link>
                    )}
                  </Td>
                  <Td className="whitespace-nowrap">{schedule.next_run_at ? <Time at={schedule.next_run_at} /> : "—"}</Td>
                  <Td className="text-end">
                    {manage && (
                      <Button
                        size="sm"
                        busy={run.isPending && run.variables === schedule.key}
                        onClick={() => run.mutate(schedule.key, { onSuccess: () => toast({ tone: "success", title: t("schedule.started") }) })}
                      >
                        <Play aria-hidden className="flip-rtl" />
                        {t("schedule.runNow")}
                      </Button>
                    )}
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        )}
      </Card>
    </Page>
  );
}
