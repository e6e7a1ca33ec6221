import { useTranslation } from "react-i18next";
import { Checkbox } from "@/components/ui/checkbox";
import type { Selection } from "./use-selection";

/** Marks a row; with the shift key, all from the one marked before. */
export function SelectCell({ id, label, checked, onToggle }: { id: string; label: string; checked: boolean; onToggle: Selection["toggle"] }) {
  return (
    <Checkbox
      aria-label={label}
      checked={checked}
      className="block"
      // With the shift key a press would mark text too.
      onMouseDown={(event) => event.shiftKey && event.preventDefault()}
      onClick={(event) => onToggle(id, event.shiftKey)}
    />
  );
}

const marked = ({ all, ids }: Selection) => (all ? true : ids.size > 0 ? "indeterminate" : false);

export function SelectHead({ selection }: { selection: Selection }) {
  const { t } = useTranslation();
  return (
    <>
      <Checkbox aria-label={t("list.selectAll")} checked={marked(selection)} className="block max-sm:hidden" onClick={selection.toggleAll} />
      {/* On a phone the head is for screen readers alone, and all rows are marked above the table. */}
      <span className="sm:hidden">{t("list.selection")}</span>
    </>
  );
}

/** Marks all rows where a phone shows no head to do it in. */
export function SelectAll({ selection }: { selection: Selection }) {
  const { t } = useTranslation();
  return (
    <label className="flex min-h-11 items-center gap-3 border-b ps-4 pe-3 text-sm text-muted-foreground sm:hidden">
      <Checkbox checked={marked(selection)} onClick={selection.toggleAll} />
      {t("list.selectAll")}
    </label>
  );
}
