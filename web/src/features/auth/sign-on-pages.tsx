import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, Navigate, useNavigate } from "react-router";
import { api, call } from "@/api/client";
import { asApiError, explain, type Explained } from "@/api/problem";
import { arrive, useSession, type Owed } from "@/api/session";
import { ErrorState } from "@/components/error-state";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { Spinner } from "@/components/ui/spinner";
import { toast } from "@/components/ui/toast";
import { AuthFrame } from "./auth-frame";
import { useWaitingLink } from "./data/sign-on";
import { keptTarget } from "./data/target";
import { SecondFactorForm } from "./second-factor-form";
import { SignInForm } from "./sign-in-form";

/** What the provider sent along; it leaves the address bar at once, so that it stays in no history. */
function useSent() {
  const [sent] = useState(() => {
    const search = new URLSearchParams(location.search);
    if (search.size > 0) history.replaceState(history.state, "", location.pathname);
    return {
      state: search.get("state") ?? "",
      code: search.get("code") ?? undefined,
      iss: search.get("iss") ?? undefined,
      cancelled: search.get("error") === "access_denied",
    };
  });
  return sent;
}

function BackToSignIn() {
  const { t } = useTranslation();
  return (
    <Link to="/login" className="mt-4 block py-2 text-sm underline underline-offset-4">
      {t("auth.signIn")}
    </Link>
  );
}

/** Where providers send people back to. */
export function SignOnCallbackPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { cancelled, ...sent } = useSent();
  // An earlier session is continued first: both would change the same cookie.
  const starting = useSession((session) => session.status === "starting");
  const asked = useRef(false);
  const [owed, setOwed] = useState<Owed | null>(null);
  const [failure, setFailure] = useState<Explained | null>(null);
  useEffect(() => {
    if (starting || asked.current) return;
    asked.current = true;
    const done = () => void navigate(keptTarget(), { replace: true });
    arrive(sent).then(
      (arrival) => {
        if (arrival === null) done();
        else if ("owed" in arrival) setOwed(arrival.owed);
        else if ("linkNeeded" in arrival) void navigate("/sign-in/link", { replace: true });
        else {
          toast({ tone: "success", title: t("signOn.linked", { provider: arrival.linked }) });
          void navigate("/account/security", { replace: true });
        }
      },
      (error: unknown) => {
        // The server says `invalid` of a try that is over; which one it is stands at the field.
        const over = asApiError(error).problem.errors?.some(({ code }) => code === "sso_over");
        const said = explain(t, error);
        const title = over ? "problem.sso_over.title" : cancelled ? "signOn.cancelled" : null;
        setFailure(title ? { ...said, title: t(title), action: t(over ? "problem.sso_over.action" : "signOn.cancelledText") } : said);
      },
    );
  });
  return (
    <AuthFrame title={t("signOn.back")}>
      {owed ? (
        <div className="mt-6">
          <SecondFactorForm owed={owed} onDone={() => void navigate(keptTarget(), { replace: true })} onAgain={() => void navigate("/login")} />
        </div>
      ) : failure ? (
        <div className="mt-6">
          <Alert tone="danger" title={failure.title} live>
            {failure.action}
          </Alert>
          <BackToSignIn />
        </div>
      ) : (
        <p role="status" className="mt-6 flex items-center gap-2 text-sm text-muted-foreground">
          <Spinner className="size-4" />
          {t("signOn.wait")}
        </p>
      )}
    </AuthFrame>
  );
}

/** An account here has the address of the provider's: its owner signs in as before, then says that both are his. */
export function LinkAccountPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const waiting = useWaitingLink();
  const status = useSession((session) => session.status);
  const confirm = useMutation({
    meta: { explained: true },
    mutationFn: () => call(api.POST("/api/v1/auth/oidc/confirm")),
    onSuccess: ({ linked }) => {
      toast({ tone: "success", title: t("signOn.linked", { provider: linked }) });
      void navigate(keptTarget(), { replace: true });
    },
  });
  if (waiting.data === null && !confirm.isSuccess) return <Navigate to="/login" replace />;
  const failure = confirm.isError ? explain(t, confirm.error) : null;
  const signedIn = status === "signed_in";
  return (
    <AuthFrame title={t("signOn.link", { provider: waiting.data?.provider ?? "" })} heading={t("signOn.title")}>
      {waiting.isError ? (
        <ErrorState error={waiting.error} onRetry={() => void waiting.refetch()} />
      ) : !waiting.data || status === "starting" ? (
        <Skeleton className="mt-6 h-40" />
      ) : (
        <>
          <p className="mt-1 mb-6 text-sm text-muted-foreground">{t(signedIn ? "signOn.confirmText" : "signOn.proveText", { provider: waiting.data.provider, email: waiting.data.email })}</p>
          {failure && (
            <Alert tone="danger" title={failure.title} live className="mb-4">
              {failure.action}
            </Alert>
          )}
          {signedIn ? (
            <div className="grid gap-3">
              <Button variant="primary" size="lg" busy={confirm.isPending} onClick={() => confirm.mutate()}>
                {t("signOn.confirm")}
              </Button>
              <Button variant="ghost" onClick={() => void navigate("/", { replace: true })}>
                {t("signOn.notNow")}
              </Button>
            </div>
          ) : (
            <>
              <SignInForm email={waiting.data.email} />
              <Link to="/forgot-password" className="mt-6 block py-2 text-sm underline underline-offset-4">
                {t("auth.to.forgot-password")}
              </Link>
            </>
          )}
        </>
      )}
    </AuthFrame>
  );
}
