import { FlaskConical } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { explain } from "@/api/problem";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { useDryRun } from "../data/queries";
import type { Spec } from "../data/spec";
import { FindingTree } from "./finding";

/** What the rule in the form would do, without doing it. */
export function DryRun({ spec }: { spec: () => Spec }) {
  const { t } = useTranslation();
  const dry = useDryRun();
  const failure = dry.isError ? explain(t, dry.error) : null;
  const examples = dry.data && (dry.data.would.length > 0 ? dry.data.would : dry.data.would_not);
  return (
    <section aria-label={t("rule.dryRun")} className="grid gap-3 rounded-lg border p-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <p className="min-w-0 flex-1 basis-56 text-sm text-muted-foreground">{t("rule.dryRunText")}</p>
        <Button onClick={() => dry.mutate(spec())} busy={dry.isPending}>
          <FlaskConical aria-hidden />
          {t("rule.dryRun")}
        </Button>
      </div>
      <div aria-live="polite" className="grid gap-3">
        {failure && (
          <Alert tone="danger" title={failure.title}>
            {failure.action}
          </Alert>
        )}
        {dry.data && <Alert tone="info" title={t("rule.wouldAct", { asked: dry.data.asked, acted: dry.data.acted, tickets: dry.data.tickets })}>{dry.data.truncated && t("rule.truncated")}</Alert>}
        {examples && examples.length > 0 && (
          <ul className="grid gap-2">
            {examples.slice(0, 10).map((seen) => (
              <li key={`${seen.ticket_id} ${seen.at}`} className="rounded-md border p-2">
                <Link to={`/desk/tickets/${seen.ticket_id}`} className="text-sm font-medium underline">
                  {t("rule.ticket", { n: seen.ticket_number })}
                </Link>
                <FindingTree finding={seen.finding} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}
