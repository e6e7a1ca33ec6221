import type { UseMutationResult } from "@tanstack/react-query";
import { diffLines } from "diff";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { MessageTemplateText, MessageTemplateVersion, MessageWords } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Time } from "@/components/time";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { LoadMore } from "@/components/ui/load-more";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { cn } from "@/lib/cn";
import type { useList } from "@/lib/use-list";
import { useRestoreVersion, useVersions, type Place } from "../data";

type Found<V> = ReturnType<typeof useList<V>>;

interface Kept {
  version: number;
  note: string;
  restores: number | null;
  at: string;
  by: string | null;
}

/** The versions of something that is written, the latest first; one of them can be looked at. */
export function VersionList<V extends Kept>({ found: { query, rows }, present, mark, onLook }: { found: Found<V>; present: number; /** What else is to be said of one. */ mark?: (row: V) => ReactNode; onLook: (row: V) => void }) {
  const { t } = useTranslation();
  return (
    <Section title={t("messageTemplate.versions")}>
      {query.isPending ? (
        <Skeleton className="h-16" />
      ) : query.isError && rows.length === 0 ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : rows.length === 0 ? (
        <p className="text-sm text-muted-foreground">{t("messageTemplate.noVersions")}</p>
      ) : (
        <ul className="divide-y">
          {rows.map((row) => (
            <li key={row.version} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 text-sm">
              <span className="font-medium">{t("messageTemplate.version", { n: row.version })}</span>
              {row.version === present && <Badge tone="info">{t("messageTemplate.present")}</Badge>}
              {mark?.(row)}
              {row.restores !== null && <Badge>{t("messageTemplate.restores", { n: row.restores })}</Badge>}
              <bdi className="min-w-0 flex-1 basis-40 break-words">{row.note}</bdi>
              <span className="text-muted-foreground">
                <Time at={row.at} /> <bdi>{row.by}</bdi>
              </span>
              {row.version !== present && (
                <Button size="sm" aria-label={t("messageTemplate.compareVersion", { n: row.version })} onClick={() => onLook(row)}>
                  {t("messageTemplate.compare")}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      <LoadMore more={query.hasNextPage} busy={query.isFetchingNextPage} failed={query.isFetchNextPageError} onMore={() => void query.fetchNextPage()} />
    </Section>
  );
}

/** Everything that was ever saved; one of them can be compared with the present one and taken again. */
export function Versions({ place, text, unsaved }: { place: Place; text: MessageTemplateText; /** Something is typed that a restored text would not show in. */ unsaved: boolean }) {
  const { t } = useTranslation();
  const found = useVersions(place);
  const [looked, setLooked] = useState<MessageTemplateVersion | null>(null);
  return (
    <>
      <VersionList found={found} present={text.version} mark={(row) => row.words === null && <Badge>{t("messageTemplate.usual")}</Badge>} onLook={setLooked} />
      {looked && <Look place={place} text={text} unsaved={unsaved} row={looked} onClose={() => setLooked(null)} />}
    </>
  );
}

interface LookProps {
  place: Place;
  text: MessageTemplateText;
  unsaved: boolean;
  row: MessageTemplateVersion;
  onClose: () => void;
}

function Look({ place, text, unsaved, row, onClose }: LookProps) {
  const restore = useRestoreVersion(place, text.version);
  return (
    <TakeAgain n={row.version} unsaved={unsaved} restore={restore} onClose={onClose}>
      <Difference locale={place.locale} from={text.words} to={row.words ?? text.default_words} />
    </TakeAgain>
  );
}

/** Shows what another version would change, and asks whether it is to hold again. */
export function TakeAgain<R>({ n, unsaved, restore, onClose, children }: { n: number; unsaved: boolean; restore: UseMutationResult<R, Error, number>; onClose: () => void; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <ConfirmDialog
      open
      title={t("messageTemplate.version", { n })}
      description={t("messageTemplate.compareText")}
      confirm={t("messageTemplate.restore")}
      busy={restore.isPending}
      disabled={unsaved}
      error={restore.error}
      onCancel={onClose}
      onConfirm={() =>
        restore.mutate(n, {
          onSuccess: () => {
            toast({ tone: "success", title: t("messageTemplate.restored") });
            onClose();
          },
        })
      }
    >
      {unsaved && <Alert tone="info" title={t("common.saveFirst")} />}
      {/* The keys reach what does not fit. */}
      <div tabIndex={0} className="max-h-[50dvh] overflow-y-auto rounded-md border p-3 text-sm">
        {children}
      </div>
    </ConfirmDialog>
  );
}

/** Line by line what would go and what would come; the marks say it without colours as well. */
export function Difference({ locale, from, to }: { locale: string; from: MessageWords; to: MessageWords }) {
  const { t } = useTranslation();
  const whole = ({ subject, body }: MessageWords) => (subject ? `${subject}\n\n${body}\n` : `${body}\n`);
  return diffLines(whole(from), whole(to)).map(({ value, added, removed }, at) => {
    const Line = added ? "ins" : removed ? "del" : "span";
    return (
      <Line key={at} lang={locale} dir={locale === "ar" ? "rtl" : "ltr"} className={cn("block break-words whitespace-pre-wrap no-underline", added && "bg-success-soft text-success", removed && "bg-danger-soft text-danger")}>
        {(added || removed) && <span className="sr-only">{t(added ? "messageTemplate.added" : "messageTemplate.removed")}</span>}
        {value
          .replace(/\n$/, "")
          .split("\n")
          .map((line) => `${added ? "+ " : removed ? "− " : ""}${line}`)
          .join("\n")}
      </Line>
    );
  });
}
