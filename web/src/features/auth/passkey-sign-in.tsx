import { KeyRound } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { explain, type Explained } from "@/api/problem";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { passkeysHere, signInWithPasskey } from "./passkey";
import { usePasskeyAutofill } from "./use-passkey-autofill";

interface PasskeySignInProps {
  /** The browser proposes passkeys where the address is typed as well. */
  autofill: boolean;
  onDone?: () => void;
}

/** The way in without an address and a password; nothing where the browser knows no passkeys. */
export function PasskeySignIn({ autofill, onDone }: PasskeySignInProps) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Explained | null>(null);
  usePasskeyAutofill({ on: autofill && !busy, onDone, onRefused: (error) => setFailure(explain(t, error)) });
  const summary = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (failure) summary.current?.focus();
  }, [failure]);
  if (!passkeysHere()) return null;
  const enter = () => {
    setBusy(true);
    setFailure(null);
    signInWithPasskey()
      .then(onDone)
      .catch((error: unknown) => setFailure(explain(t, error)))
      .finally(() => setBusy(false));
  };
  return (
    <div className="mt-3 grid gap-3">
      {failure && (
        <div ref={summary} tabIndex={-1} className="outline-none">
          <Alert tone="danger" title={failure.title} live>
            {failure.action}
          </Alert>
        </div>
      )}
      <Button size="lg" busy={busy} onClick={enter}>
        <KeyRound aria-hidden />
        {t("auth.usePasskey")}
      </Button>
    </div>
  );
}
