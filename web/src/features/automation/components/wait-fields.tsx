import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Pick } from "@/components/form/choices";
import { Checkbox } from "@/components/ui/checkbox";
import { lengthOf, newCondition, UNITS, type Action, type Unit } from "../data/spec";
import { ConditionEditor } from "./condition-editor";
import { Line } from "./parts";

type Wait = Extract<Action, { do: "wait" }>;

interface WaitFieldsProps {
  value: Wait;
  groups: readonly { id: string; name: string }[] | undefined;
  onChange: (value: Wait) => void;
}

/** How long a rule waits, and what has to hold then. */
export function WaitFields({ value, groups, onChange }: WaitFieldsProps) {
  const { t } = useTranslation();
  // The unit that somebody chose stays while he types: 24 hours do not become a day under his hands.
  const [unit, setUnit] = useState<Unit>(lengthOf(value.minutes).unit);
  return (
    <>
      <div className="grid gap-3 sm:grid-cols-2">
        <Line label={t("rule.waitLength")} type="number" value={value.minutes / UNITS[unit]} onChange={(n) => onChange({ ...value, minutes: Math.round(Number(n) * UNITS[unit]) })} />
        <Pick
          label={t("rule.waitUnit")}
          value={unit}
          options={(Object.keys(UNITS) as Unit[]).map((each) => ({ value: each, label: t(`rule.unit.${each}`) }))}
          onChange={(next) => {
            setUnit(next as Unit);
            onChange({ ...value, minutes: Math.round((value.minutes / UNITS[unit]) * UNITS[next as Unit]) });
          }}
        />
      </div>
      <label className="flex min-h-8 items-center gap-2 text-sm">
        <Checkbox checked={value.only_if != null} onCheckedChange={(on) => onChange({ do: "wait", minutes: value.minutes, ...(on === true && { only_if: newCondition("unanswered") }) })} />
        {t("rule.onlyIf")}
      </label>
      {value.only_if ? <ConditionEditor value={value.only_if} groups={groups} onChange={(only_if) => onChange({ ...value, only_if })} /> : <p className="text-sm text-muted-foreground">{t("rule.onlyIfHint")}</p>}
    </>
  );
}
