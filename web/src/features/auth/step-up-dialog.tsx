import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { api, call } from "@/api/client";
import { answerProof, useProof } from "@/api/proof";
import type { Factors } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { methodTexts, typedMethods } from "./methods";
import { SignOnButtons } from "./sign-on-buttons";
import { TextCode } from "./text-code";

/**
 * Asks for a fresh proof of who one is whenever the server wants one, and lets the request that needs it go on: by the
 * second factor, or by the password for those who have none.
 */
export function StepUpDialog() {
  const { t } = useTranslation();
  const asked = useProof((state) => state.asked);
  const factors = useQuery({
    queryKey: ["me", "factors"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/me/factors", { signal })),
    enabled: asked,
    staleTime: 0,
  });
  // Nobody is left who could answer.
  useEffect(() => () => answerProof(false), []);
  if (!asked) return null;
  // No second factor and no password: the provider says anew who it is.
  if (factors.data && factors.data.methods.length === 0 && !factors.data.has_password)
    return (
      <Dialog open onOpenChange={(open) => !open && answerProof(false)} title={t("auth.stepUpTitle")} description={t("signOn.againText")}>
        <SignOnButtons next={location.pathname + location.search} fresh />
      </Dialog>
    );
  if (factors.data) return <Proof factors={factors.data} />;
  if (!factors.isError) return null;
  return (
    <Dialog open onOpenChange={(open) => !open && answerProof(false)} title={t("auth.stepUpTitle")}>
      <ErrorState error={factors.error} onRetry={() => void factors.refetch()} />
    </Dialog>
  );
}

const schema = z.object({ code: z.string().min(1, "field.empty") });

function Proof({ factors }: { factors: Factors }) {
  const { t } = useTranslation();
  const methods = typedMethods(factors.methods);
  const [method, setMethod] = useState(methods[0] ?? "password");
  const texts = methodTexts(method);
  const form = useAppForm({
    schema,
    values: { code: "" },
    save: ({ code }) => call(api.POST("/api/v1/auth/step-up", { body: { method, code: method === "password" ? code : code.trim() } })),
    onSaved: () => answerProof(true),
    guard: false,
  });
  const secret = method === "password";
  return (
    <FormDialog form={form} title={t("auth.stepUpTitle")} description={t("auth.stepUpText")} confirm={t("common.confirm")} onClose={() => answerProof(false)}>
      {method === "sms" && <TextCode send={() => call(api.POST("/api/v1/auth/step-up/sms"))} />}
      <TextField
        key={method}
        form={form}
        name="code"
        label={t(texts.label)}
        required
        dir="ltr"
        type={secret ? "password" : "text"}
        inputMode={texts.digits ? "numeric" : "text"}
        autoComplete={secret ? "current-password" : "one-time-code"}
        data-autofocus
      />
      {methods
        .filter((other) => other !== method)
        .map((other) => (
          <Button
            key={other}
            variant="ghost"
            onClick={() => {
              setMethod(other);
              form.reset();
            }}
          >
            {t(methodTexts(other).use)}
          </Button>
        ))}
    </FormDialog>
  );
}
