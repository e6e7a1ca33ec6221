import { CircleCheck, CircleDashed, CircleMinus, CircleX, PlugZap } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { CheckState, MailboxInput, MailboxTest } from "@/api/types";
import { Mono } from "@/components/mono";
import { Button } from "@/components/ui/button";
import { Spinner } from "@/components/ui/spinner";
import { useMailboxTest } from "../data/connection-test";

const LOOK: Record<Exclude<CheckState, "running">, { Icon: typeof CircleCheck; style: string }> = {
  waiting: { Icon: CircleDashed, style: "text-muted-foreground" },
  passed: { Icon: CircleCheck, style: "text-success" },
  failed: { Icon: CircleX, style: "text-danger" },
  skipped: { Icon: CircleMinus, style: "text-muted-foreground" },
};

interface ConnectionTestProps {
  mailboxId?: string;
  /** Gives the form's settings, or null when they are not complete. */
  settings: () => Promise<MailboxInput | null>;
  onError: (error: unknown) => void;
}

/** Tries the form's settings at the mail servers, without saving them, and tells each step. */
export function ConnectionTest({ mailboxId, settings, onError }: ConnectionTestProps) {
  const { t } = useTranslation();
  const { start, test } = useMailboxTest(mailboxId);
  const running = start.isPending || test?.state === "running";

  async function run() {
    const body = await settings();
    if (body) start.mutate(body, { onError });
  }

  return (
    <section aria-label={t("mailboxTest.title")} className="grid gap-3 rounded-lg border p-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <p className="min-w-0 flex-1 basis-56 text-sm text-muted-foreground">{t("mailboxTest.text")}</p>
        <Button onClick={() => void run()} busy={running}>
          <PlugZap aria-hidden />
          {t("mailboxTest.start")}
        </Button>
      </div>
      <div aria-live="polite">{test && <Steps test={test} />}</div>
    </section>
  );
}

function Steps({ test }: { test: MailboxTest }) {
  const { t } = useTranslation();
  return (
    <ol className="grid gap-2 text-sm" data-result={test.state}>
      {test.steps.map(({ step, state, fault, detail, mails }) => {
        const look = state === "running" ? null : LOOK[state];
        return (
          <li key={step} className="flex gap-2.5" data-step={step} data-state={state}>
            {look ? <look.Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${look.style}`} /> : <Spinner className="mt-0.5 size-4 shrink-0" />}
            <span className="min-w-0">
              <span className="font-medium">{t(`checkStep.${step}`)}</span>
              <span className="text-muted-foreground"> · {t(`checkState.${state}`)}</span>
              {typeof mails === "number" && <span className="text-muted-foreground"> · {t("mailboxTest.mails", { count: mails })}</span>}
              {fault && <span className="block">{t(`checkFault.${fault}`)}</span>}
              {detail && (
                <span className="block text-muted-foreground">
                  {t("mailboxTest.said")} <Mono className="break-words">{detail}</Mono>
                </span>
              )}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
