import { useState } from "react";
import { useTranslation } from "react-i18next";
import { fieldErrors, fieldWords } from "@/api/problem";
import { ErrorState } from "@/components/error-state";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { useAllowed } from "@/lib/use-allowed";
import { useSettled } from "@/lib/use-settled";
import { useReaders, type TriggerForm } from "../data";

/** Who would be told by what stands in the form, of an event at a ticket or at none; each as he chose. */
export function Readers({ topic, form }: { topic: string; form: TriggerForm }) {
  const { t, i18n } = useTranslation();
  const seesTickets = useAllowed("tickets.view");
  const [number, setNumber] = useState("");
  const settled = JSON.parse(useSettled(JSON.stringify({ form, number }))) as { form: TriggerForm; number: string };
  const wanted = /^\d{1,15}$/.test(settled.number) ? Number(settled.number) : null;
  const query = useReaders(topic, settled.form, wanted);
  const { data } = query;
  const wrong = query.error ? fieldErrors(i18n, query.error) : {};
  const text = (message: string) => fieldWords(i18n, message);
  const said = Object.entries(wrong).filter(([path]) => path !== "ticket_number");
  return (
    <Section title={t("trigger.readers")}>
      <div className="grid gap-3">
        <p className="text-sm text-muted-foreground">{t("trigger.readersText")}</p>
        {seesTickets && (
          <Field label={t("trigger.ticket")} hint={t("trigger.ticketHint")} error={wrong.ticket_number && text(wrong.ticket_number)} className="max-w-60">
            {(control) => <Input {...control} dir="ltr" inputMode="numeric" autoComplete="off" value={number} onChange={(event) => setNumber(event.currentTarget.value.trim())} />}
          </Field>
        )}
        {query.isPending ? (
          <Skeleton className="h-16" />
        ) : query.error ? (
          said.length > 0 ? (
            <Alert tone="warning" title={t("trigger.notYet")}>
              <ul>
                {said.map(([path, message]) => (
                  <li key={path}>{text(message)}</li>
                ))}
              </ul>
            </Alert>
          ) : (
            wrong.ticket_number === undefined && <ErrorState error={query.error} onRetry={() => void query.refetch()} />
          )
        ) : (
          data && (
            <div aria-busy={query.isPlaceholderData || undefined} className="grid gap-3 text-sm">
              {data.people.length === 0 ? (
                <p>{t(data.names_others ? "trigger.onlyNamed" : "trigger.nobody")}</p>
              ) : (
                <ul aria-label={t("trigger.readers")} className="divide-y">
                  {data.people.map((person) => {
                    const told = person.ways.filter(({ delivery }) => delivery !== "off");
                    return (
                      <li key={person.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-1.5">
                        <bdi className="min-w-0 basis-48 font-medium break-words">{person.name}</bdi>
                        <span className="flex flex-wrap gap-1">
                          {told.length === 0 && <Badge>{t("trigger.choseNothing")}</Badge>}
                          {told.map(({ channel, delivery }) => (
                            <Badge key={channel} tone="info">
                              {t(`noticeChannel.${channel}`)}
                              {delivery === "digest" && ` · ${t("noticeDelivery.digest")}`}
                            </Badge>
                          ))}
                        </span>
                      </li>
                    );
                  })}
                </ul>
              )}
              {data.people.length > 0 && data.names_others && <p className="text-muted-foreground">{t("trigger.alsoNamed")}</p>}
              {data.left_out.length > 0 && (
                <Alert tone="warning" title={t("trigger.leftOut")}>
                  <ul>
                    {data.left_out.map(({ id, name }) => (
                      <li key={id}>
                        <bdi>{name}</bdi>
                      </li>
                    ))}
                  </ul>
                </Alert>
              )}
            </div>
          )
        )}
      </div>
    </Section>
  );
}
