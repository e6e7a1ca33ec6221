import { useState } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { giveSecondFactor, type Owed } from "@/api/session";
import { TextField } from "@/components/form/fields";
import { Form } from "@/components/form/form";
import { useAppForm } from "@/components/form/use-app-form";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";

const schema = z.object({ code: z.string().min(1, "field.empty"), challenge: z.string() });

interface SecondFactorFormProps {
  owed: Owed;
  onDone?: () => void;
  /** Back to the first proof. */
  onAgain: () => void;
}

export function SecondFactorForm({ owed, onDone, onAgain }: SecondFactorFormProps) {
  const { t } = useTranslation();
  const [method, setMethod] = useState(owed.methods[0] ?? "totp");
  const form = useAppForm({
    schema,
    values: { code: "", challenge: owed.challenge },
    save: ({ code, challenge }) => giveSecondFactor(challenge, method, code.trim()),
    onSaved: () => onDone?.(),
    guard: false,
  });
  if (form.formState.errors.challenge) return <Over onAgain={onAgain} />;
  const other = owed.methods.find((each) => each !== method);
  return (
    <Form form={form}>
      <TextField
        form={form}
        name="code"
        label={t(method === "totp" ? "auth.totpCode" : "auth.backupCode")}
        required
        dir="ltr"
        inputMode={method === "totp" ? "numeric" : "text"}
        autoComplete="one-time-code"
        autoFocus
      />
      <Button type="submit" variant="primary" size="lg" busy={form.formState.isSubmitting}>
        {t("auth.signIn")}
      </Button>
      {other && (
        <Button variant="ghost" onClick={() => setMethod(other)}>
          {t(other === "totp" ? "auth.useTotp" : "auth.useBackupCode")}
        </Button>
      )}
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
