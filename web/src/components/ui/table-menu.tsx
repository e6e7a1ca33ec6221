import type { Table } from "@tanstack/react-table";
import { SlidersHorizontal } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useUi, type Density } from "@/stores/ui";
import { Button } from "./button";
import { Menu, MenuCheckItem, MenuContent, MenuLabel, MenuRadioGroup, MenuRadioItem, MenuSeparator, MenuTrigger } from "./menu";

const DENSITIES: Density[] = ["comfortable", "compact"];

/** Which columns a table shows and how close its rows stand. Both are remembered on this device. */
export function TableMenu<T>({ table }: { table: Table<T> }) {
  const { t } = useTranslation();
  const { density, setDensity } = useUi();
  const columns = table.getAllLeafColumns().filter((column) => column.columnDef.meta?.name !== undefined);
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button variant="ghost" size="icon" aria-label={t("table.options")} className="max-md:hidden">
          <SlidersHorizontal aria-hidden />
        </Button>
      </MenuTrigger>
      <MenuContent align="end">
        <MenuLabel>{t("table.density")}</MenuLabel>
        <MenuRadioGroup value={density} onValueChange={(value) => setDensity(value as Density)}>
          {DENSITIES.map((each) => (
            <MenuRadioItem key={each} value={each} onSelect={(event) => event.preventDefault()}>
              {t(`table.${each}`)}
            </MenuRadioItem>
          ))}
        </MenuRadioGroup>
        {columns.length > 0 && (
          <>
            <MenuSeparator />
            <MenuLabel>{t("table.columns")}</MenuLabel>
            {columns.map((column) => (
              <MenuCheckItem
                key={column.id}
                checked={column.getIsVisible()}
                onSelect={(event) => event.preventDefault()}
                onCheckedChange={(on) => column.toggleVisibility(on === true)}
              >
                {column.columnDef.meta?.name}
              </MenuCheckItem>
            ))}
          </>
        )}
      </MenuContent>
    </Menu>
  );
}
