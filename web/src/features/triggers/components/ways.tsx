import { Controller } from "react-hook-form";
import { useTranslation } from "react-i18next";
import type { AppForm } from "@/components/form/use-app-form";
import { Checkbox } from "@/components/ui/checkbox";
import { Select } from "@/components/ui/input";
import type { Trigger, TriggerForm } from "../data";

const ORDER = ["in_app", "mail", "sms"];

/** How an event is told on each channel that it can go, and whether everybody may choose otherwise. */
export function Ways({ form, trigger }: { form: AppForm<TriggerForm>; trigger: Trigger }) {
  const { t } = useTranslation();
  const ways = trigger.rule.ways.toSorted((a, b) => ORDER.indexOf(a.channel) - ORDER.indexOf(b.channel));
  if (ways.length === 0) return <p className="text-sm text-muted-foreground">{t("trigger.noWays")}</p>;
  return (
    <fieldset className="grid gap-3">
      <legend className="text-sm font-medium">{t("trigger.ways")}</legend>
      <p className="text-xs text-muted-foreground">{t("trigger.waysHint")}</p>
      <div className="grid gap-4 sm:grid-cols-3">
        {ways.map(({ channel, choices }) => (
          <div key={channel} className="grid content-start gap-1.5">
            <label className="grid gap-1 text-sm">
              <span className="font-medium">{t(`noticeChannel.${channel}`)}</span>
              <Select {...form.register(`ways.${channel}.delivery`)}>
                {choices.map((choice) => (
                  <option key={choice} value={choice}>
                    {t(`noticeDelivery.${choice}`)}
                  </option>
                ))}
              </Select>
            </label>
            <Controller
              control={form.control}
              name={`ways.${channel}.mandatory`}
              render={({ field }) => (
                <label className="flex min-h-8 items-center gap-2 text-sm">
                  <Checkbox ref={field.ref} checked={field.value} onCheckedChange={(on) => field.onChange(on === true)} onBlur={field.onBlur} />
                  <span>
                    {t("trigger.mandatory")}
                    <span className="sr-only"> {t(`noticeChannel.${channel}`)}</span>
                  </span>
                </label>
              )}
            />
          </div>
        ))}
      </div>
    </fieldset>
  );
}
