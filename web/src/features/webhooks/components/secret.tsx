import { useTranslation } from "react-i18next";
import { Mono } from "@/components/mono";
import { ShownOnce } from "@/features/security/components/shown-once";

/** The secret that signs deliveries, shown this once. */
export function Secret({ secret, onKept }: { secret: string; onKept: () => void }) {
  const { t } = useTranslation();
  return (
    <ShownOnce title={t("webhook.secret")} warning={t("webhook.secretOnce")} text={secret} onKept={onKept}>
      <p className="text-sm text-muted-foreground">{t("webhook.secretText")}</p>
      <p className="rounded-md border bg-sunken p-3">
        <Mono className="break-all select-all">{secret}</Mono>
      </p>
    </ShownOnce>
  );
}
