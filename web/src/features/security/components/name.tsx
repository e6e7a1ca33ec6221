import { useState } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { TextField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { Button } from "@/components/ui/button";
import { Section } from "@/components/ui/section";
import { toast } from "@/components/ui/toast";
import { useUser } from "@/features/shell/use-user";
import { changeName } from "../data/own";

/** What one is called in tickets, mails and lists. */
export function Name() {
  const { t } = useTranslation();
  const { name } = useUser();
  const [changing, setChanging] = useState(false);
  return (
    <Section title={t("auth.name")}>
      <div className="flex flex-wrap items-center gap-3">
        <bdi className="min-w-0 grow text-sm break-words">{name}</bdi>
        <Button onClick={() => setChanging(true)}>{t("safety.changeName")}</Button>
      </div>
      {changing && <ChangeDialog name={name} onClose={() => setChanging(false)} />}
    </Section>
  );
}

const schema = z.object({ name: z.string().trim().min(1, "field.empty").max(200, "field.too_long") });

function ChangeDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const { t } = useTranslation();
  const form = useAppForm({
    schema,
    values: { name },
    save: ({ name: wanted }) => changeName(wanted),
    onSaved: () => {
      toast({ tone: "success", title: t("safety.nameChanged") });
      onClose();
    },
    guard: false,
  });
  return (
    <FormDialog form={form} title={t("safety.changeName")} description={t("safety.changeNameText")} confirm={t("common.save")} onClose={onClose}>
      <TextField form={form} name="name" label={t("auth.name")} required autoComplete="name" data-autofocus />
    </FormDialog>
  );
}
