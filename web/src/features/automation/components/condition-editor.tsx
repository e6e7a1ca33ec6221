import { Plus, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { PRIORITIES, TICKET_STATES } from "@/api/types";
import { Pick, Several } from "@/components/form/choices";
import { Button } from "@/components/ui/button";
import { named } from "@/lib/choices";
import { choices, useCategories } from "@/lib/use-categories";
import { newCondition, SINCE, SOURCES, TESTS, type Condition } from "../data/spec";
import { Line } from "./parts";

/** As deep as the server takes. */
const DEEPEST = 5;

interface ConditionEditorProps {
  value: Condition;
  groups: readonly { id: string; name: string }[] | undefined;
  depth?: number;
  onChange: (value: Condition) => void;
  onRemove?: () => void;
}

/** A condition with those within. */
export function ConditionEditor({ value, groups, depth = 1, onChange, onRemove }: ConditionEditorProps) {
  const { t } = useTranslation();
  const categories = useCategories();
  const tests = depth < DEEPEST ? TESTS : TESTS.filter((test) => !["all", "any", "not"].includes(test));
  const within = { groups, depth: depth + 1 };
  return (
    <div role="group" aria-label={t("rule.condition")} className="grid gap-3 rounded-lg border p-3">
      <div className="flex items-end gap-2">
        <div className="min-w-0 flex-1">
          <Pick label={t("rule.test")} value={value.test} options={tests.map((test) => ({ value: test, label: t(`ruleTest.${test}`) }))} onChange={(test) => onChange(newCondition(test as Condition["test"]))} />
        </div>
        {onRemove && (
          <Button variant="ghost" size="icon" aria-label={t("rule.remove")} onClick={onRemove}>
            <Trash2 aria-hidden />
          </Button>
        )}
      </div>
      {(value.test === "all" || value.test === "any") && (
        <>
          {value.of.map((one, n) => (
            <ConditionEditor
              key={n}
              {...within}
              value={one}
              onChange={(next) => onChange({ ...value, of: value.of.map((each, at) => (at === n ? next : each)) })}
              onRemove={() => onChange({ ...value, of: value.of.filter((_, at) => at !== n) })}
            />
          ))}
          {depth < DEEPEST && (
            <div>
              <Button size="sm" onClick={() => onChange({ ...value, of: [...value.of, newCondition("state")] })}>
                <Plus aria-hidden />
                {t("rule.addCondition")}
              </Button>
            </div>
          )}
        </>
      )}
      {value.test === "not" && <ConditionEditor {...within} value={value.of} onChange={(of) => onChange({ test: "not", of })} />}
      {value.test === "state" && (
        <Several label={t("rule.oneOf")} chosen={value.any} options={TICKET_STATES.map((state) => ({ value: state, label: t(`ticketState.${state}`) }))} onChange={(any) => onChange({ test: "state", any })} />
      )}
      {value.test === "priority" && (
        <Several label={t("rule.oneOf")} chosen={value.any} options={PRIORITIES.map((each) => ({ value: each, label: t(`priority.${each}`) }))} onChange={(any) => onChange({ test: "priority", any })} />
      )}
      {value.test === "group" && <Several label={t("rule.oneOf")} chosen={value.any} options={named(groups)} onChange={(any) => onChange({ test: "group", any })} />}
      {value.test === "category" && <Several label={t("rule.oneOf")} chosen={value.any} options={choices(categories, ...value.any)} onChange={(any) => onChange({ test: "category", any })} />}
      {value.test === "source" && (
        <Several label={t("rule.oneOf")} chosen={value.any} options={SOURCES.map((each) => ({ value: each as string, label: t(`ruleSource.${each}`) }))} onChange={(any) => onChange({ test: "source", any })} />
      )}
      {(value.test === "assigned" || value.test === "unanswered" || value.test === "sla_breached") && (
        <Pick
          label={t("rule.is")}
          value={value.is ? "yes" : "no"}
          options={["yes", "no"].map((word) => ({ value: word, label: t(`rule.${word}`) }))}
          onChange={(word) => onChange({ ...value, is: word === "yes" })}
        />
      )}
      {value.test === "rating" && (
        <Several
          label={t("rule.oneOf")}
          chosen={value.any.map(String)}
          options={["1", "2", "3", "4", "5"].map((each) => ({ value: each, label: t("rule.rating", { rating: Number(each) }) }))}
          onChange={(any) => onChange({ test: "rating", any: any.map(Number).sort() })}
        />
      )}
      {value.test === "tag" && <Line label={t("rule.tag")} value={value.tag} onChange={(tag) => onChange({ test: "tag", tag })} />}
      {value.test === "subject" && <Line label={t("rule.contains")} value={value.text} onChange={(text) => onChange({ test: "subject", text })} />}
      {value.test === "age" && (
        <div className="grid gap-3 sm:grid-cols-2">
          <Pick label={t("rule.since")} value={value.since} options={SINCE.map((each) => ({ value: each, label: t(`ruleSince.${each}`) }))} onChange={(since) => onChange({ ...value, since: since as (typeof SINCE)[number] })} />
          <Line label={t("rule.minutes")} type="number" value={value.minutes} onChange={(minutes) => onChange({ ...value, minutes: Number(minutes) })} />
        </div>
      )}
    </div>
  );
}
