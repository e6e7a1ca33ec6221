import { useState } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { giveSecondFactor, sendLoginCode, type Owed } from "@/api/session";
import { TextField } from "@/components/form/fields";
import { Form } from "@/components/form/form";
import { useAppForm } from "@/components/form/use-app-form";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { methodsHere, methodTexts } from "./methods";
import { meetWithPasskey } from "./passkey";
import { TextCode } from "./text-code";

const typed = z.object({ code: z.string().min(1, "field.empty"), challenge: z.string() });
const signed = z.object({ code: z.string(), challenge: z.string() });

interface SecondFactorFormProps {
  owed: Owed;
  onDone?: () => void;
  /** Back to the first proof. */
  onAgain: () => void;
}

export function SecondFactorForm({ owed, onDone, onAgain }: SecondFactorFormProps) {
  const { t } = useTranslation();
  const methods = methodsHere(owed.methods);
  const [method, setMethod] = useState(methods[0] ?? "totp");
  const texts = methodTexts(method);
  const passkey = method === "passkey";
  const form = useAppForm({
    schema: passkey ? signed : typed,
    values: { code: "", challenge: owed.challenge },
    says: ["challenge"],
    save: ({ code, challenge }) => (passkey ? meetWithPasskey(challenge) : giveSecondFactor(challenge, method, code.trim())),
    onSaved: () => onDone?.(),
    guard: false,
  });
  if (form.formState.errors.challenge) return <Over onAgain={onAgain} />;
  return (
    <Form form={form}>
      {method === "sms" && <TextCode send={() => sendLoginCode(owed.challenge)} />}
      {passkey ? (
        <p className="text-sm text-muted-foreground">{t(texts.label)}</p>
      ) : (
        <TextField
          form={form}
          name="code"
          key={method}
          label={t(texts.label)}
          required
          dir="ltr"
          inputMode={texts.digits ? "numeric" : "text"}
          autoComplete="one-time-code"
          autoFocus
        />
      )}
      <Button type="submit" variant="primary" size="lg" busy={form.formState.isSubmitting} autoFocus={passkey}>
        {t(passkey ? "auth.usePasskey" : "auth.signIn")}
      </Button>
      {methods
        .filter((other) => other !== method)
        .map((other) => (
          <Button
            key={other}
            variant="ghost"
            onClick={() => {
              setMethod(other);
              // A code of the one is none of the other.
              form.reset();
            }}
          >
            {t(methodTexts(other).use)}
          </Button>
        ))}
      <Button variant="ghost" onClick={onAgain}>
        {t("auth.again")}
      </Button>
    </Form>
  );
}

/** It took too long, or too many tries: only the first proof can be given anew. */
function Over({ onAgain }: { onAgain: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="grid gap-4">
      <Alert tone="danger" title={t("problem.challenge_over.title")} live>
        {t("problem.challenge_over.action")}
      </Alert>
      <Button variant="primary" size="lg" onClick={onAgain}>
        {t("auth.again")}
      </Button>
    </div>
  );
}
