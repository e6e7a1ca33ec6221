import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { HealthLevel, HealthLine } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { ListSkeleton } from "@/components/list-skeleton";
import { Ltr } from "@/components/mono";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Alert } from "@/components/ui/alert";
import { Badge, type Tone } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { forbidden } from "@/features/shell/navigation";
import { useUser } from "@/features/shell/use-user";
import { useFormat } from "@/lib/use-format";
import { figure, pageOf, sorted } from "./data/lines";
import { useHealth } from "./data/queries";

const TONES = { ok: "success", warn: "warning", fail: "danger" } as const satisfies Record<HealthLevel, Tone>;
const SIGNS = { ok: CircleCheck, warn: TriangleAlert, fail: CircleAlert };

/** How the installation does, part by part; what somebody should look at comes first. */
export function HealthPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { data, error, isPending, refetch } = useHealth();
  if (isPending) {
    return (
      <Page title={t("nav.health")}>
        <Card>
          <ListSkeleton rows={8} />
        </Card>
      </Page>
    );
  }
  if (!data) return <ErrorState page list={null} error={error} onRetry={() => void refetch()} />;
  const { attention, fine } = sorted(data.lines);
  return (
    <Page title={t("nav.health")} description={t("health.text", { version: data.version, since: format.dateTime(data.started_at) })}>
      <Alert tone={data.level === "ok" ? "info" : TONES[data.level]} title={t(`health.level.${data.level}`)}>
        {t("health.looked")} <Time at={data.at} />
      </Alert>
      {attention.length > 0 && <Lines title={t("health.attention")} lines={attention} />}
      {fine.length > 0 && <Lines title={t("health.fine")} lines={fine} />}
    </Page>
  );
}

function Lines({ title, lines }: { title: string; lines: HealthLine[] }) {
  return (
    <section aria-label={title} className="grid gap-2">
      <h2 className="text-sm font-semibold">{title}</h2>
      <Card className="overflow-clip">
        <ul className="divide-y">
          {lines.map((line) => (
            <Line key={`${line.part} ${line.subject ?? ""}`} line={line} />
          ))}
        </ul>
      </Card>
    </section>
  );
}

function Line({ line }: { line: HealthLine }) {
  const { t } = useTranslation();
  const format = useFormat();
  const me = useUser();
  const { part, level, finding } = line;
  const page = pageOf(line);
  const Sign = SIGNS[level];
  const name = (
    <>
      {t(`healthPart.${part}`)}
      {line.subject && <> · {part === "queue" ? t(`queueName.${line.subject}`) : <Ltr>{line.subject}</Ltr>}</>}
    </>
  );
  return (
    <li className="grid gap-1 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Badge tone={TONES[level]}>
          <Sign aria-hidden />
          {t(`healthLevel.${level}`)}
        </Badge>
        {page && !forbidden(me, page.split("?")[0]!) ? (
          <Link to={page} className="inline-flex min-h-[24px] min-w-0 items-center gap-x-1 font-medium underline-offset-2 hover:underline">
            <span className="min-w-0 break-words">{name}</span>
          </Link>
        ) : (
          <span className="min-w-0 font-medium break-words">{name}</span>
        )}
        {line.at && (
          <span className="text-xs text-muted-foreground">
            {t(part === "mailbox" ? "health.lastLook" : "health.lastTick")} <Time at={line.at} />
          </span>
        )}
      </div>
      <p className="text-sm">{t([`healthAdvice.${part}_${finding}`, `healthAdvice.${finding}`])}</p>
      {line.figures.length > 0 && (
        <dl className="flex flex-wrap gap-x-4 gap-y-0.5 text-xs text-muted-foreground">
          {line.figures.map(({ name: counted, value }) => (
            <div key={counted} className="flex gap-x-1.5">
              <dt>{t(`healthFigure.${counted}`)}</dt>
              <dd className="tabular">{figure(format, counted, value)}</dd>
            </div>
          ))}
        </dl>
      )}
      {line.detail && (
        <p className="text-xs text-muted-foreground">
          <bdi className="break-all">{line.detail}</bdi>
        </p>
      )}
    </li>
  );
}
