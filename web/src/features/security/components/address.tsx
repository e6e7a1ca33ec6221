import { useState } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { Ltr } from "@/components/mono";
import { Button } from "@/components/ui/button";
import { Section } from "@/components/ui/section";
import { toast } from "@/components/ui/toast";
import { useUser } from "@/features/shell/use-user";
import { askEmailChange } from "../data/own";

/** The address one signs in with. */
export function Address() {
  const { t } = useTranslation();
  const { email } = useUser();
  const [changing, setChanging] = useState(false);
  return (
    <Section title={t("auth.email")}>
      <div className="flex flex-wrap items-center gap-3">
        <Ltr className="min-w-0 grow text-sm break-all">{email}</Ltr>
        <Button onClick={() => setChanging(true)}>{t("safety.changeAddress")}</Button>
      </div>
      {changing && <ChangeDialog onClose={() => setChanging(false)} />}
    </Section>
  );
}

const schema = z.object({ email: z.email("field.not_an_address"), password: z.string().min(1, "field.empty") });

function ChangeDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const form = useAppForm({
    schema,
    values: { email: "", password: "" },
    save: ({ email, password }) => askEmailChange(email, password),
    onSaved: (_, { email }) => {
      toast({ tone: "success", title: t("safety.addressAsked", { email }) });
      onClose();
    },
    guard: false,
  });
  return (
    <FormDialog form={form} title={t("safety.changeAddress")} description={t("safety.changeAddressText")} confirm={t("safety.sendLink")} onClose={onClose}>
      <TextField form={form} name="email" label={t("safety.newAddress")} required type="email" dir="ltr" inputMode="email" autoComplete="email" data-autofocus />
      <TextField form={form} name="password" label={t("safety.currentPassword")} required type="password" dir="ltr" autoComplete="current-password" />
    </FormDialog>
  );
}
