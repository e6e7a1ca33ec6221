import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { explain } from "@/api/problem";
import type { CodeOnItsWay } from "@/api/types";
import { Ltr } from "@/components/mono";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { useFormat } from "@/lib/use-format";

interface TextCodeProps {
  /** One that is on its way already. */
  first?: CodeOnItsWay;
  send: () => Promise<CodeOnItsWay>;
}

/** Has a code sent to the phone, says where it went, and when another one may be asked for. */
export function TextCode({ first, send }: TextCodeProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const sending = useMutation({ meta: { explained: true }, mutationFn: send });
  const sent = sending.data ?? first;
  const left = useSecondsLeft(sent);
  const refused = sending.error ? explain(t, sending.error) : null;
  return (
    <div className="grid justify-items-start gap-2">
      <p className="text-sm" role="status">
        {sent ? (
          <>
            {t("auth.smsSent")} <Ltr>{sent.phone}</Ltr>
          </>
        ) : (
          t("auth.smsText")
        )}
      </p>
      {refused && (
        <Alert tone="danger" title={refused.title} live>
          {refused.action}
        </Alert>
      )}
      <Button busy={sending.isPending} disabled={left > 0} onClick={() => sending.mutate()}>
        {left > 0 ? t("auth.smsAgainIn", { n: format.number(left) }) : t(sent ? "auth.smsAgain" : "auth.smsSend")}
      </Button>
    </div>
  );
}

/** Whole seconds until another code may be asked for, counted down. */
function useSecondsLeft(sent: CodeOnItsWay | undefined): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (!sent) return;
    const until = Date.now() + sent.resend_in * 1000;
    const count = () => setLeft(Math.max(0, Math.ceil((until - Date.now()) / 1000)));
    count();
    const timer = setInterval(count, 500);
    return () => clearInterval(timer);
  }, [sent]);
  return left;
}
