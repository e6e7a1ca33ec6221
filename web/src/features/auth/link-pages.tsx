import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, Navigate } from "react-router";
import { z } from "zod";
import { asApiError } from "@/api/problem";
import { knock, signInByLink, useSession, type Owed } from "@/api/session";
import { TextField } from "@/components/form/fields";
import { Form } from "@/components/form/form";
import { useAppForm } from "@/components/form/use-app-form";
import { Button } from "@/components/ui/button";
import { AuthFrame } from "./auth-frame";
import { LinkFailure, linkFailure } from "./link-failure";
import { LinkOver } from "./link-over";
import { SecondFactorForm } from "./second-factor-form";
import { useLink } from "./use-link";

interface OpenLinkProps {
  page: "confirm-email" | "magic-link";
  open: (token: string) => Promise<Owed | null | undefined>;
}

/** A mailed link does its work at a press of a button: programs that look into mail open links, too, and it works once. */
function OpenLink({ page, open }: OpenLinkProps) {
  const { t } = useTranslation();
  const link = useLink(page);
  const [state, setState] = useState<"waiting" | "busy" | "done">("waiting");
  const [owed, setOwed] = useState<Owed | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [spent, setSpent] = useState(false);
  const signedIn = useSession((session) => session.status === "signed_in");

  async function press() {
    setState("busy");
    setFailure(null);
    try {
      setOwed((await open(link.token)) ?? null);
      setState("done");
    } catch (error) {
      if (asApiError(error).code === "invalid") setSpent(true);
      else setFailure(linkFailure(t, error));
      setState("waiting");
    }
  }
  /** Its time for the second factor is over, and the link has done its work: another one is wanted. */
  function again() {
    setOwed(null);
    setState("waiting");
    setSpent(true);
  }
  if (page === "magic-link" && signedIn && state === "done") return <Navigate to="/" replace />;
  if (link.looking) return <AuthFrame title={t(`auth.open.${page}.title`)} subtitle={t("auth.over.looking")} />;
  if (state !== "done" && (link.over || spent))
    return (
      <AuthFrame title={t(`auth.open.${page}.title`)}>
        <LinkOver page={page} missing={link.missing} />
        <ToSignIn />
      </AuthFrame>
    );
  return (
    <AuthFrame title={t(`auth.open.${page}.title`)} subtitle={t(state === "done" && !owed ? `auth.open.${page}.done` : `auth.open.${page}.text`)}>
      {owed && <SecondFactorForm owed={owed} onAgain={again} />}
      <LinkFailure text={failure} />
      {state !== "done" && (
        <Button variant="primary" size="lg" busy={state === "busy"} onClick={() => void press()}>
          {t(`auth.open.${page}.title`)}
        </Button>
      )}
      <ToSignIn />
    </AuthFrame>
  );
}

function ToSignIn() {
  const { t } = useTranslation();
  return (
    <Link to="/login" className="mt-4 block py-2 text-sm underline underline-offset-4">
      {t("auth.signIn")}
    </Link>
  );
}

const confirm = (path: string) => async (token: string) => {
  await knock(path, { token });
  return null;
};

export const ConfirmEmailPage = () => <OpenLink page="confirm-email" open={confirm("/auth/email-change/confirm")} />;
export const MagicLinkPage = () => <OpenLink page="magic-link" open={signInByLink} />;

const fresh = z.object({ password: z.string().min(15, "field.too_short"), token: z.string() });
const chosen = z.object({ password: z.string().min(1, "field.empty"), token: z.string() });

interface SetPasswordProps {
  page: "reset-password" | "invitation" | "verify";
  path: string;
}

/**
 * A mailed link with a password: a new one, the first one of an account one was invited to, or the one chosen when one asked for an
 * account, which proves that it was oneself who asked.
 */
function SetPassword({ page, path }: SetPasswordProps) {
  const { t } = useTranslation();
  const link = useLink(page);
  const { token } = link;
  const [done, setDone] = useState(false);
  const isNew = page !== "verify";
  const form = useAppForm({
    schema: isNew ? fresh : chosen,
    values: { password: "", token },
    says: ["token"],
    save: (values) => knock(path, values),
    onSaved: () => setDone(true),
    guard: false,
  });
  const wrongLink = form.formState.errors.token?.message;
  if (link.looking) return <AuthFrame title={t(`auth.set.${page}.title`)} subtitle={t("auth.over.looking")} />;
  if (!done && (link.over || wrongLink))
    return (
      <AuthFrame title={t(`auth.set.${page}.title`)}>
        <LinkOver page={page} missing={link.missing} />
        <ToSignIn />
      </AuthFrame>
    );
  return (
    <AuthFrame title={t(`auth.set.${page}.title`)} subtitle={t(done ? `auth.set.${page}.done` : `auth.set.${page}.text`)}>
      {!done && (
        <Form form={form}>
          <TextField
            form={form}
            name="password"
            label={t(isNew ? "auth.newPassword" : "auth.chosenPassword")}
            hint={t(isNew ? "auth.passwordHint" : "auth.chosenPasswordHint")}
            required
            type="password"
            dir="ltr"
            autoComplete={isNew ? "new-password" : "current-password"}
            autoFocus
          />
          <Button type="submit" variant="primary" size="lg" busy={form.formState.isSubmitting}>
            {t(isNew ? "auth.setPassword" : "auth.set.verify.title")}
          </Button>
        </Form>
      )}
      <ToSignIn />
    </AuthFrame>
  );
}

export const ResetPasswordPage = () => <SetPassword page="reset-password" path="/auth/password-reset/confirm" />;
export const VerifyPage = () => <SetPassword page="verify" path="/auth/register/confirm" />;
export const InvitationPage = () => <SetPassword page="invitation" path="/auth/invitation/accept" />;
