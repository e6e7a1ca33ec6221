import { Download } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import type { TicketExportRun } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Fact, Facts } from "@/components/ui/facts";
import { Skeleton } from "@/components/ui/skeleton";
import { useFormat } from "@/lib/use-format";
import { RunResult } from "./components/parts";
import { useDownloadRun, useRun } from "./data/exports";
import { SCHEDULED } from "./data/path";

/** One time that an export was made, for its owner and for those who get it: what the link of the mail opens. */
export function ScheduledRunPage() {
  const { id = "" } = useParams();
  const query = useRun(id);
  if (query.isPending) return <Skeleton className="m-6 h-96" />;
  if (!query.data) return <ErrorState page list={SCHEDULED} error={query.error} onRetry={() => void query.refetch()} />;
  return <Loaded run={query.data} />;
}

function Loaded({ run }: { run: TicketExportRun }) {
  const { t } = useTranslation();
  const format = useFormat();
  const save = useDownloadRun();
  return (
    <Page
      title={run.name}
      back={{ to: SCHEDULED, label: t("exportPlan.list") }}
      width="narrow"
      actions={
        run.available && (
          <Button variant="primary" busy={save.isPending} onClick={() => save.mutate(run)}>
            <Download aria-hidden />
            {t("exportPlan.download")}
          </Button>
        )
      }
    >
      <Card className="p-4 sm:p-6">
        <Facts>
          <Fact name={t("exportPlan.dueAt")}>
            <Time at={run.due_at} full />
          </Fact>
          <Fact name={t("exportPlan.state")}>
            <RunResult run={run} />
          </Fact>
          {run.state === "sent" && (
            <>
              <Fact name={t("exportPlan.tickets")}>{format.number(run.rows)}</Fact>
              <Fact name={t("exportPlan.size")}>{format.bytes(run.size)}</Fact>
              <Fact name={t("exportPlan.mails")}>{format.number(run.mails)}</Fact>
              <Fact name={t("exportPlan.file")}>{t(run.attached ? "exportPlan.attached" : "exportPlan.linked")}</Fact>
            </>
          )}
        </Facts>
        {run.state === "sent" && !run.available && <p className="mt-4 text-sm text-muted-foreground">{t("exportPlan.gone")}</p>}
      </Card>
    </Page>
  );
}
