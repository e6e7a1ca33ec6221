import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { z } from "zod";
import { api, call } from "@/api/client";
import type { components } from "@/api/schema";
import { knock, signIn, signOut, useSession } from "@/api/session";
import { TextField } from "@/components/form/fields";
import { Form } from "@/components/form/form";
import { useAppForm } from "@/components/form/use-app-form";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { AuthFrame } from "@/features/auth/auth-frame";
import { LinkFailure, linkFailure } from "@/features/auth/link-failure";
import { SignInForm } from "@/features/auth/sign-in-form";
import { useLinkToken } from "@/features/auth/use-link-token";

type Offer = components["schemas"]["OfferedMembership"];

/** What a mailed invitation opens: who is known signs in and accepts, who is not opens an account. */
export function JoinPage() {
  const { t } = useTranslation();
  const token = useLinkToken();
  const { status, user } = useSession();
  const offer = useQuery({
    queryKey: ["join", token],
    queryFn: async () => (await (await knock("/auth/membership", { token })).json()) as Offer,
    retry: false,
    staleTime: Infinity,
  });
  if (offer.isPending || status === "starting") return <AuthFrame title={t("join.title")} subtitle={t("join.looking")} />;
  if (offer.isError) {
    return (
      <AuthFrame title={t("join.title")}>
        <LinkFailure text={linkFailure(t, offer.error)} />
        <ToSignIn />
      </AuthFrame>
    );
  }
  const { customer, email, role, invited_by } = offer.data;
  const text = t("join.text", { by: invited_by, customer, role: t(`joinRole.${role}`) });
  return (
    <AuthFrame title={t("join.title")} subtitle={text}>
      {status !== "signed_in" || !user ? (
        <Anonymous email={email} token={token} />
      ) : user.email === email ? (
        <Accept token={token} />
      ) : (
        <div className="grid gap-4">
          <p role="alert" className="text-sm">
            {t("join.other", { email, present: user.email })}
          </p>
          <Button size="lg" onClick={() => void signOut()}>
            {t("join.signOut")}
          </Button>
        </div>
      )}
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

function Accept({ token }: { token: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  async function accept() {
    setBusy(true);
    setFailure(null);
    try {
      const { customer_id } = await call(api.POST("/api/v1/me/memberships", { body: { token } }));
      await navigate(`/client/account/${customer_id}`, { replace: true });
    } catch (error) {
      setFailure(linkFailure(t, error));
      setBusy(false);
    }
  }
  return (
    <>
      <LinkFailure text={failure} />
      <Button variant="primary" size="lg" busy={busy} onClick={() => void accept()}>
        {t("join.accept")}
      </Button>
    </>
  );
}

function Anonymous({ email, token }: { email: string; token: string }) {
  const { t } = useTranslation();
  const [known, setKnown] = useState(false);
  return (
    <div className="grid gap-4">
      {known ? <SignInForm email={email} /> : <NewAccount email={email} token={token} />}
      <Button variant="link" size="text" className="justify-self-start py-2" onClick={() => setKnown(!known)}>
        {t(known ? "join.isNew" : "join.isKnown")}
      </Button>
    </div>
  );
}

const schema = z.object({ name: z.string().trim().min(1, "field.empty"), password: z.string().min(15, "field.too_short"), token: z.string() });

function NewAccount({ email, token }: { email: string; token: string }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const form = useAppForm({
    schema,
    values: { name: "", password: "", token },
    says: ["token"],
    save: async (values) => {
      const { customer_id } = (await (await knock("/auth/membership/join", { ...values, locale: i18n.language })).json()) as { customer_id: string };
      const account = `/client/account/${customer_id}`;
      // The account is there and its invitation used: what fails from here on is the sign-in, which can be done again.
      const entered = await signIn(email, values.password).then(
        (owed) => !owed,
        () => false,
      );
      if (!entered) toast({ tone: "success", title: t("join.opened") });
      await navigate(entered ? account : `/login?next=${encodeURIComponent(account)}`, { replace: true });
    },
    guard: false,
  });
  return (
    <Form form={form}>
      <LinkFailure text={form.formState.errors.token && t("field.invalid_link")} />
      <p className="text-sm">
        {t("join.address")}{" "}
        <bdi dir="ltr" className="font-medium break-all">
          {email}
        </bdi>
      </p>
      <TextField form={form} name="name" label={t("auth.name")} required autoComplete="name" autoFocus />
      <TextField form={form} name="password" label={t("auth.password")} hint={t("auth.passwordHint")} required type="password" dir="ltr" autoComplete="new-password" />
      <Button type="submit" variant="primary" size="lg" busy={form.formState.isSubmitting}>
        {t("join.open")}
      </Button>
    </Form>
  );
}
