import { Monitor, Moon, Sun } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Menu, MenuContent, MenuRadioGroup, MenuRadioItem, MenuTrigger } from "@/components/ui/menu";
import { useUi, type Theme } from "@/stores/ui";

const ICONS = { light: Sun, dark: Moon, system: Monitor };

export function ThemeMenu({ inline }: { inline?: boolean }) {
  const { t } = useTranslation();
  const { theme, setTheme } = useUi();
  const Icon = ICONS[theme];
  const items = (
    <MenuRadioGroup value={theme} onValueChange={(value) => setTheme(value as Theme)}>
      {(Object.keys(ICONS) as Theme[]).map((each) => {
        const Each = ICONS[each];
        return (
          <MenuRadioItem key={each} value={each}>
            <Each aria-hidden />
            {t(`theme.${each}`)}
          </MenuRadioItem>
        );
      })}
    </MenuRadioGroup>
  );
  if (inline) return items;
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button variant="ghost" size="icon" aria-label={t("shell.theme")}>
          <Icon aria-hidden />
        </Button>
      </MenuTrigger>
      <MenuContent align="end">{items}</MenuContent>
    </Menu>
  );
}
