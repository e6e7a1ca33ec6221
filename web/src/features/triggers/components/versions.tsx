import { useTranslation } from "react-i18next";
import { ErrorState } from "@/components/error-state";
import { Listed } from "@/components/labelled";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { LoadMore } from "@/components/ui/load-more";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import type { Choices } from "@/lib/choices";
import { keyOf, useTriggerVersions, type Trigger, type TriggerRule } from "../data";

interface VersionsProps {
  trigger: Trigger;
  groups: Choices;
  roles: Choices;
  /** Puts an earlier one into the form, to be looked at and saved. */
  onTake: (rule: TriggerRule) => void;
}

/** Everything that was ever set; one of them can be put into the form again. */
export function Versions({ trigger, groups, roles, onTake }: VersionsProps) {
  const { t } = useTranslation();
  const { query, rows } = useTriggerVersions(keyOf(trigger));
  const names = (ids: string[], from: Choices) => ids.flatMap((id) => from?.find(({ value }) => value === id)?.label ?? []);
  const what = (rule: TriggerRule) => [
    ...rule.parties.map((party) => t(`noticeParty.${party}`)),
    ...names(rule.notification_group_ids, groups),
    ...names(rule.role_ids, roles),
    ...rule.ways.map((way) => `${t(`noticeChannel.${way.channel}`)} · ${t(`noticeDelivery.${way.delivery}`)}${way.mandatory ? ` (${t("trigger.forAll")})` : ""}`),
  ];
  return (
    <Section title={t("trigger.versions")}>
      {query.isPending ? (
        <Skeleton className="h-16" />
      ) : query.isError && rows.length === 0 ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : rows.length === 0 ? (
        <p className="text-sm text-muted-foreground">{t("trigger.noVersions")}</p>
      ) : (
        <ul className="divide-y">
          {rows.map((row) => (
            <li key={row.version} className="grid gap-1 py-2 text-sm">
              <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <span className="font-medium">{t("trigger.version", { n: row.version })}</span>
                {row.version === trigger.version && <Badge tone="info">{t("trigger.present")}</Badge>}
                {row.rule === null && <Badge>{t("trigger.usual")}</Badge>}
                {row.rule?.on === false && <Badge>{t("trigger.isOff")}</Badge>}
                <bdi className="min-w-0 flex-1 basis-40 break-words">{row.note}</bdi>
                <span className="text-muted-foreground">
                  <Time at={row.at} /> <bdi>{row.by}</bdi>
                </span>
                {row.version !== trigger.version && (
                  <Button
                    size="sm"
                    aria-label={t("trigger.takeVersion", { n: row.version })}
                    onClick={() => {
                      onTake(row.rule ?? trigger.default_rule);
                      toast({ tone: "success", title: t("trigger.taken", { n: row.version }) });
                    }}
                  >
                    {t("trigger.take")}
                  </Button>
                )}
              </span>
              {row.rule && (
                <span className="text-muted-foreground">
                  <Listed items={what(row.rule)} />
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
      <LoadMore more={query.hasNextPage} busy={query.isFetchingNextPage} failed={query.isFetchNextPageError} onMore={() => void query.fetchNextPage()} />
    </Section>
  );
}
