import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { ErrorState } from "@/components/error-state";
import { ListSkeleton } from "@/components/list-skeleton";
import { CheckField, SelectField, TextField } from "@/components/form/fields";
import { Form } from "@/components/form/form";
import { useAppForm, type AppForm } from "@/components/form/use-app-form";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/input";
import { Section } from "@/components/ui/section";
import { toast } from "@/components/ui/toast";
import { OWN_NEWS, OWN_SECURITY } from "@/features/shell/navigation";
import { useFormat } from "@/lib/use-format";
import { ruleKey, settingsSchema, toForm, useSaveSettings, useSettings, type NotificationSettings, type Rule, type SettingsForm } from "./data";

const CHANNELS = ["in_app", "mail", "sms"] as const;
const ZONES = Intl.supportedValuesOf("timeZone");

/** How one is told what happens. */
export function SettingsPage() {
  const { t } = useTranslation();
  const query = useSettings();
  return (
    <Page title={t("notice.settings")} description={t("notice.settingsText")} back={{ to: OWN_NEWS, label: t("nav.notifications") }} width="narrow">
      {query.isPending && <ListSkeleton rows={6} />}
      {query.isError && !query.data && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Settings settings={query.data} reload={async () => (await query.refetch()).data} />}
    </Page>
  );
}

function Settings({ settings, reload }: { settings: NotificationSettings; reload: () => Promise<{ version: number } | undefined> }) {
  const { t } = useTranslation();
  const save = useSaveSettings(settings.rules);
  const form = useAppForm<SettingsForm, NotificationSettings>({
    schema: settingsSchema,
    values: toForm(settings),
    present: { version: settings.version, reload },
    save: (values, { version }) => save.mutateAsync({ form: values, version }),
    onSaved: () => toast({ tone: "success", title: t("notice.saved") }),
  });
  const quiet = form.watch("quiet");
  const { days, hours } = useTimes();
  const zones = ZONES.includes(settings.zone) ? ZONES : [settings.zone, ...ZONES];
  return (
    <Form form={form} label={t("notice.settings")}>
      <Section title={t("notice.what")}>
        <Matrix form={form} settings={settings} />
      </Section>
      <Section title={t("notice.quiet")}>
        <div className="grid gap-3">
          <CheckField form={form} name="quiet" label={t("notice.quietOn")} hint={t("notice.quietText")} />
          {quiet && (
            <div className="grid gap-3 sm:grid-cols-2">
              <TextField form={form} name="from" type="time" dir="ltr" label={t("notice.from")} />
              <TextField form={form} name="to" type="time" dir="ltr" label={t("notice.to")} />
            </div>
          )}
          <SelectField form={form} name="zone" label={t("notice.zone")} dir="ltr" options={zones.map((zone) => ({ value: zone, label: zone }))} />
        </div>
      </Section>
      <Section title={t("notice.digest")}>
        <div className="grid gap-3">
          <p className="text-sm text-muted-foreground">{t("notice.digestText")}</p>
          <div className="grid gap-3 sm:grid-cols-2">
            <SelectField form={form} name="weekday" label={t("notice.day")} options={[{ value: "", label: t("notice.everyDay") }, ...days]} />
            <SelectField form={form} name="hour" label={t("notice.hour")} options={hours} />
          </div>
          {settings.next_digest_at && (
            <p className="text-sm">
              {t("notice.nextDigest")} <Time at={settings.next_digest_at} />
            </p>
          )}
        </div>
      </Section>
      <div className="flex justify-end">
        <Button type="submit" variant="primary" busy={form.formState.isSubmitting}>
          {t("common.save")}
        </Button>
      </div>
    </Form>
  );
}

/** Days of the week from Monday and hours of the day, as the reader writes them. */
function useTimes() {
  const { i18n } = useTranslation();
  const format = useFormat();
  const day = new Intl.DateTimeFormat(i18n.language, { weekday: "long", timeZone: "UTC" });
  return {
    // 5 January 1970 was a Monday.
    days: [0, 1, 2, 3, 4, 5, 6].map((n) => ({ value: String(n), label: day.format(new Date(Date.UTC(1970, 0, 5 + n))) })),
    hours: Array.from({ length: 24 }, (_, n) => ({ value: String(n), label: `${format.number(n)}:00` })),
  };
}

function Matrix({ form, settings }: { form: AppForm<SettingsForm>; settings: NotificationSettings }) {
  const { t } = useTranslation();
  const channels = CHANNELS.filter((channel) => settings.rules.some((rule) => rule.channel === channel && rule.choices.length > 0));
  const topics = [...new Set(settings.rules.map((rule) => rule.topic))];
  return (
    <div className="grid gap-4">
      {topics.map((topic) => (
        <fieldset key={topic} className="grid gap-2 border-b pb-4 last:border-0 last:pb-0">
          <legend className="text-sm font-medium">{t(`noticeTopic.${topic}`)}</legend>
          <p className="text-xs text-muted-foreground">{t(`noticeTopicText.${topic}`)}</p>
          <div className="grid gap-3 sm:grid-cols-3">
            {channels.map((channel) => {
              const rule = settings.rules.find((each) => each.topic === topic && each.channel === channel);
              return rule && rule.choices.length > 0 && <Choice key={channel} form={form} rule={rule} sms={settings.sms} />;
            })}
          </div>
        </fieldset>
      ))}
      {!settings.sms && (
        <p className="text-xs text-muted-foreground">
          {t("notice.noPhone")}{" "}
          <Link to={OWN_SECURITY} className="underline underline-offset-4">
            {t("nav.security")}
          </Link>
        </p>
      )}
    </div>
  );
}

/** What one chose; what has one choice is said as it is. */
function Choice({ form, rule, sms }: { form: AppForm<SettingsForm>; rule: Rule; sms: boolean }) {
  const { t } = useTranslation();
  const label = t(`noticeChannel.${rule.channel}`);
  const name = `${t("common.label", { name: label })}${t(`noticeTopic.${rule.topic}`)}`;
  if (rule.choices.length === 1) {
    return (
      <p className="grid content-start gap-1 text-sm">
        <span className="font-medium">{label}</span>
        <span className="text-muted-foreground">{t(rule.channel === "mail" ? [`noticeAlways.${rule.topic}`, "noticeAlways.everybody"] : "noticeAlways.everybody", { delivery: t(`noticeDelivery.${rule.delivery}`) })}</span>
      </p>
    );
  }
  return (
    <label className="grid content-start gap-1 text-sm">
      <span className="font-medium">{label}</span>
      <Select {...form.register(`choices.${ruleKey(rule)}`)} aria-label={name} disabled={rule.channel === "sms" && !sms}>
        {rule.choices.map((choice) => (
          <option key={choice} value={choice}>
            {t(`noticeDelivery.${choice}`)}
          </option>
        ))}
      </Select>
    </label>
  );
}
