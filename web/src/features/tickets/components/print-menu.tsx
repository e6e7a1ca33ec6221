import { ChevronDown, FileDown } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";
import type { usePrintTicket } from "../data/print";

type Printing = ReturnType<typeof usePrintTicket>;

/** Saves the ticket as its customer may see it. */
export function PrintButton({ printing: { start, busy, state } }: { printing: Printing }) {
  const { t } = useTranslation();
  return (
    <>
      <Button busy={busy} onClick={() => start(false)}>
        <FileDown aria-hidden />
        {state ? t(`print.${state}`) : t("print.pdf")}
      </Button>
      <Said state={state} />
    </>
  );
}

/** Saves the ticket without what is among staff, or with it. */
export function PrintMenu({ printing: { start, busy, state } }: { printing: Printing }) {
  const { t } = useTranslation();
  return (
    <>
      <Menu>
        <MenuTrigger asChild>
          <Button busy={busy}>
            <FileDown aria-hidden />
            {state ? t(`print.${state}`) : t("print.pdf")}
            <ChevronDown aria-hidden />
          </Button>
        </MenuTrigger>
        <MenuContent align="end">
          <MenuItem onSelect={() => start(false)}>{t("print.public")}</MenuItem>
          <MenuItem onSelect={() => start(true)}>{t("print.notes")}</MenuItem>
        </MenuContent>
      </Menu>
      <Said state={state} />
    </>
  );
}

/** A button that changes is not read out by itself. */
function Said({ state }: { state: Printing["state"] }) {
  const { t } = useTranslation();
  return (
    <span role="status" className="sr-only">
      {state && t(`print.${state}`)}
    </span>
  );
}

