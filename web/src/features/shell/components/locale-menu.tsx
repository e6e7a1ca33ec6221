import { Languages } from "lucide-react";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import { useSession } from "@/api/session";
import type { Locale } from "@/api/types";
import { toastError } from "@/components/toast-error";
import { Button } from "@/components/ui/button";
import { Menu, MenuContent, MenuRadioGroup, MenuRadioItem, MenuTrigger } from "@/components/ui/menu";
import { LOCALE_NAMES, LOCALES, changeLocale } from "@/i18n";

async function choose(locale: Locale): Promise<void> {
  await changeLocale(locale);
  const { user, status } = useSession.getState();
  if (!user || status !== "signed_in" || user.locale === locale) return;
  const me = await call(api.PATCH("/api/v1/me", { body: { locale } }));
  useSession.setState({ user: me });
}

export function LocaleMenu({ inline }: { inline?: boolean }) {
  const { t, i18n } = useTranslation();
  const items = (
    <MenuRadioGroup value={i18n.language} onValueChange={(value) => void choose(value as Locale).catch(toastError)}>
      {LOCALES.map((locale) => (
        <MenuRadioItem key={locale} value={locale} lang={locale}>
          {LOCALE_NAMES[locale]}
        </MenuRadioItem>
      ))}
    </MenuRadioGroup>
  );
  if (inline) return items;
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button variant="ghost" size="icon" aria-label={t("shell.language")}>
          <Languages aria-hidden />
        </Button>
      </MenuTrigger>
      <MenuContent align="end">{items}</MenuContent>
    </Menu>
  );
}
