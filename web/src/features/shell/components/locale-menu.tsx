import { Languages } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Locale } from "@/api/types";
import { toastError } from "@/components/toast-error";
import { Button } from "@/components/ui/button";
import { Menu, MenuContent, MenuRadioGroup, MenuRadioItem, MenuTrigger } from "@/components/ui/menu";
import { LOCALE_NAMES, LOCALES } from "@/i18n";
import { chooseLocale } from "../choose-locale";

export function LocaleMenu({ inline }: { inline?: boolean }) {
  const { t, i18n } = useTranslation();
  const items = (
    <MenuRadioGroup value={i18n.language} onValueChange={(value) => void chooseLocale(value as Locale).catch(toastError)}>
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
