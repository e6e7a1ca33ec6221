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

export function SelectHead({ selection }: { selection: Selection }) {
  const { t } = useTranslation();
  return (
    <Checkbox
      aria-label={t("list.selectAll")}
      checked={selection.all ? true : selection.ids.size > 0 ? "indeterminate" : false}
      className="block"
      onClick={selection.toggleAll}
    />
  );
}
