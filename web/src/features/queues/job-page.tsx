import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { asApiError } from "@/api/problem";
import type { Job } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Mono } from "@/components/mono";
import { Page } from "@/components/page";
import { JobStateBadge } from "./components/state-badges";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Fact, Facts } from "@/components/ui/facts";
import { Progress } from "@/components/ui/progress";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { Timeline, TimelineEntry } from "@/components/ui/timeline";
import { toast } from "@/components/ui/toast";
import { useMay } from "@/features/shell/use-user";
import { useFormat } from "@/lib/use-format";
import { JobName } from "./components/job-name";
import { useJob, useJobAction, type JobAction } from "./data/queries";

/** One job: how far it is, what it was given, and every error it met. */
export function JobPage() {
  const { id = "" } = useParams();
  const job = useJob(id);
  if (job.isPending) return <Skeleton className="m-6 h-96" />;
  // A job that was discarded meanwhile is no longer shown as it was.
  if (!job.data || asApiError(job.error).status === 404) return <ErrorState page list="/admin/jobs" error={job.error} onRetry={() => void job.refetch()} />;
  return <Loaded job={job.data} />;
}

/** What makes sense in each state. */
const ACTIONS: Record<Job["state"], JobAction[]> = {
  queued: ["cancel"],
  running: ["cancel"],
  dead: ["retry", "discard"],
  cancelled: ["retry"],
  succeeded: [],
};

function Loaded({ job }: { job: Job }) {
  const { t } = useTranslation();
  const format = useFormat();
  const manage = useMay("jobs.manage");
  const navigate = useNavigate();
  const act = useJobAction(job.id);
  const [discarding, setDiscarding] = useState(false);
  const run = (action: JobAction) =>
    act.mutate(action, {
      onSuccess: () => {
        toast({ tone: "success", title: t(`jobDone.${action}`) });
        // There is nothing left to look at.
        if (action === "discard") void navigate("/admin/jobs");
      },
    });
  const errors = job.errors ?? [];
  return (
    <Page
      title={job.kind}
      heading={<JobName kind={job.kind} />}
      back={{ to: "/admin/jobs", label: t("job.back") }}
      actions={
        <>
          <JobStateBadge state={job.state} />
          {manage &&
            ACTIONS[job.state].map((action) => (
              <Button
                key={action}
                variant={action === "retry" ? "primary" : "secondary"}
                disabled={act.isPending}
                onClick={() => (action === "discard" ? setDiscarding(true) : run(action))}
              >
                {t(`jobAction.${action}`)}
              </Button>
            ))}
          <ConfirmDialog
            open={discarding}
            title={t("job.discardTitle")}
            description={t("job.discardText")}
            confirm={t("jobAction.discard")}
            danger
            busy={act.isPending}
            onCancel={() => setDiscarding(false)}
            onConfirm={() => run("discard")}
          />
        </>
      }
    >
      {(job.state === "running" || job.step) && (
        <Card className="grid gap-2 p-4" aria-label={t("job.progress")}>
          <p className="flex justify-between gap-3 text-sm">
            <bdi>{job.step ?? t("job.working")}</bdi>
            {job.progress != null && <span className="tabular">{format.percent(job.progress / 100)}</span>}
          </p>
          <Progress value={job.progress ?? null} label={t("job.progress")} />
        </Card>
      )}
      <Card className="p-4">
        <Facts>
          <Fact name={t("job.kind")}>
            <Mono>{job.kind}</Mono>
          </Fact>
          <Fact name={t("job.queue")}>{t(`queueName.${job.queue}`)}</Fact>
          <Fact name={t("job.attempt")}>{format.number(job.attempt)}</Fact>
          <Fact name={t("job.attempts")}>{t("job.failuresOf", { failures: format.number(job.failures), max: format.number(job.max_attempts) })}</Fact>
          <Fact name={t("job.created")}>
            <Time at={job.created_at} full />
          </Fact>
          <Fact name={t("job.runAt")}>
            <Time at={job.run_at} full />
          </Fact>
          {job.started_at && (
            <Fact name={t("job.started")}>
              <Time at={job.started_at} full />
            </Fact>
          )}
          {job.finished_at && (
            <Fact name={t("job.finished")}>
              <Time at={job.finished_at} full />
              {job.started_at && (
                <span className="block text-xs text-muted-foreground">{format.duration(Date.parse(job.finished_at) - Date.parse(job.started_at))}</span>
              )}
            </Fact>
          )}
          {job.subject && (
            <Fact name={t("job.subject")}>
              <Subject type={job.subject.type} id={job.subject.id} />
            </Fact>
          )}
        </Facts>
      </Card>
      <Section title={t("job.errors")}>
        {errors.length === 0 ? (
          <p className="text-sm text-muted-foreground">{t("job.noErrors")}</p>
        ) : (
          <Timeline label={t("job.errors")}>
            {errors.map((error, index) => (
              <TimelineEntry key={index} at={error.at} tone="danger" title={t("job.attemptNumber", { n: format.number(error.attempt) })}>
                <Mono className="break-words whitespace-pre-wrap">{error.error}</Mono>
              </TimelineEntry>
            ))}
          </Timeline>
        )}
      </Section>
      <Section title={t("job.payload")}>
        <Json value={job.payload} />
      </Section>
      {job.result != null && (
        <Section title={t("job.result")}>
          <Json value={job.result} />
        </Section>
      )}
    </Page>
  );
}

const PAGES: Record<string, string> = { ticket: "/desk/tickets", mail: "/desk/mails" };

function Subject({ type, id }: { type: string; id: string }) {
  const page = PAGES[type];
  const text = <Mono>{id}</Mono>;
  return page ? (
    <Link to={`${page}/${id}`} className="text-primary underline">
      {text}
    </Link>
  ) : (
    text
  );
}

function Json({ value }: { value: unknown }) {
  const { t } = useTranslation();
  return (
    <pre dir="ltr" tabIndex={0} aria-label={t("job.json")} role="region" className="max-h-80 overflow-auto font-mono text-xs leading-relaxed">
      {JSON.stringify(value, null, 2)}
    </pre>
  );
}
