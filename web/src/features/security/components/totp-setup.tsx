import { useTranslation } from "react-i18next";
import { z } from "zod";
import type { TotpSetup as Setup } from "@/api/types";
import { TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { Mono } from "@/components/mono";
import { CopyButton } from "@/components/ui/copy-button";
import { confirmTotp } from "../data/own";

const schema = z.object({ code: z.string().trim().min(1, "field.empty") });

interface TotpSetupProps {
  setup: Setup;
  /** With the backup codes, which are shown once. */
  onDone: (codes: string[]) => void;
  onClose: () => void;
}

/** Puts an authenticator app to use: it reads the picture or is given the key, and its first code proves it. */
export function TotpSetup({ setup, onDone, onClose }: TotpSetupProps) {
  const { t } = useTranslation();
  const form = useAppForm({
    schema,
    values: { code: "" },
    save: ({ code }) => confirmTotp(code),
    onSaved: ({ codes }) => onDone(codes),
    guard: false,
  });
  return (
    <FormDialog form={form} title={t("safety.setUpApp")} confirm={t("safety.turnOn")} onClose={onClose}>
      <p className="text-sm">{t("safety.scan")}</p>
      {/* Dark on light in the dark theme too: not every app reads the reverse. */}
      <img src={`data:image/svg+xml,${encodeURIComponent(setup.qr_svg)}`} alt={t("safety.qr")} width={220} height={220} className="justify-self-center rounded-md bg-white p-1" />
      <div className="grid gap-1">
        <p className="text-sm text-muted-foreground">{t("safety.orKey")}</p>
        <p className="flex items-start gap-1">
          <Mono className="min-w-0 py-1 select-all">{setup.secret.replace(/(.{4})(?=.)/g, "$1 ")}</Mono>
          <CopyButton text={setup.secret} label={t("safety.copyKey")} />
        </p>
      </div>
      <TextField form={form} name="code" label={t("auth.totpCode")} hint={t("safety.firstCode")} required dir="ltr" inputMode="numeric" autoComplete="one-time-code" data-autofocus />
    </FormDialog>
  );
}
