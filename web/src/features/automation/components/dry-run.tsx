import { FlaskConical } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Explained } from "@/api/problem";
import { Labelled } from "@/components/labelled";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { useFormat } from "@/lib/use-format";
import { useDryRun } from "../data/queries";
import type { Spec } from "../data/spec";
import { FindingTree } from "./finding";

interface DryRunProps {
  spec: Spec;
  onTry: () => void;
  /** Says at the parts of the rule what is wrong with them; what is left is said here. */
  refused: (error: unknown) => Explained | null;
}

/** What the rule in the form would do, without doing it. */
export function DryRun({ spec, onTry, refused }: DryRunProps) {
  const { t } = useTranslation();
  const dry = useDryRun();
  const [failure, setFailure] = useState<Explained | null>(null);
  const run = () => {
    onTry();
    setFailure(null);
    dry.mutate(spec, { onError: (error) => setFailure(refused(error)) });
  };
  const format = useFormat();
  // What it would do is said of the rule that was tried: of one that has changed since, nothing is known.
  const changed = dry.variables !== undefined && JSON.stringify(dry.variables) !== JSON.stringify(spec);
  const found = changed ? undefined : dry.data;
  const examples = found && (found.would.length > 0 ? found.would : found.would_not);
  const numbers = found && { asked: format.number(found.asked), acted: format.number(found.acted), tickets: format.number(found.tickets) };
  return (
    <section aria-label={t("rule.dryRun")} className="grid gap-3 rounded-lg border p-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <p className="min-w-0 flex-1 basis-56 text-sm text-muted-foreground">{t("rule.dryRunText")}</p>
        <Button onClick={run} busy={dry.isPending}>
          <FlaskConical aria-hidden />
          {t("rule.dryRun")}
        </Button>
      </div>
      <div aria-live="polite" className="grid gap-3">
        {failure && !changed && (
          <Alert tone="danger" title={failure.title}>
            {failure.action}
          </Alert>
        )}
        {changed && dry.data && <p className="text-sm text-muted-foreground">{t("rule.changedSince")}</p>}
        {found && (
          <Alert tone="info" title={t("rule.wouldAct", numbers)}>
            {found.truncated && t("rule.truncated")}
          </Alert>
        )}
        {examples && examples.length > 0 && (
          <ul className="grid gap-2">
            {examples.slice(0, 10).map((seen) => (
              <li key={`${seen.ticket_id} ${seen.at}`} className="rounded-md border p-2">
                <Link to={`/desk/tickets/${seen.ticket_id}`} className="text-sm font-medium underline">
                  {t("rule.ticket", { n: seen.ticket_number })}
                </Link>
                <FindingTree finding={seen.finding} />
                {seen.actions.map((action, n) => (
                  <p key={n} className="text-sm text-muted-foreground">
                    <Labelled name={t(`ruleAction.${action.do}`)}>{t([`actionResult.${action.result}`, "actionResult.refused"])}</Labelled>
                  </p>
                ))}
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}
