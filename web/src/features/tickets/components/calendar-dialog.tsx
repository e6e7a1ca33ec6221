import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import { ErrorState } from "@/components/error-state";
import { Time } from "@/components/time";
import { toastError } from "@/components/toast-error";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";

const KEY = ["calendar-feed"];

/** The address at which a calendar program reads one's reminders and what is due: made, shown once, taken back. */
export function CalendarDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const own = useQuery({ queryKey: KEY, queryFn: ({ signal }) => call(api.GET("/api/v1/me/calendar", { signal })) });
  const onSuccess = () => queries.invalidateQueries({ queryKey: KEY });
  const make = useMutation({ mutationFn: () => call(api.PUT("/api/v1/me/calendar")), onSuccess, onError: toastError });
  const revoke = useMutation({
    mutationFn: () => call(api.DELETE("/api/v1/me/calendar")),
    onSuccess: () => {
      make.reset();
      toast({ tone: "success", title: t("calendarFeed.revoked") });
      return onSuccess();
    },
    onError: toastError,
  });
  const feed = own.data?.feed;
  const url = make.data?.url;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("calendarFeed.title")}
      description={t("calendarFeed.text")}
      className="max-w-lg"
      footer={
        own.data && (
          <>
            {feed && (
              <Button className="me-auto text-danger" busy={revoke.isPending} onClick={() => revoke.mutate()}>
                {t("calendarFeed.revoke")}
              </Button>
            )}
            <Button variant={feed ? "secondary" : "primary"} busy={make.isPending} onClick={() => make.mutate()}>
              {t(feed ? "calendarFeed.renew" : "calendarFeed.make")}
            </Button>
          </>
        )
      }
    >
      {own.isPending && <Skeleton className="h-16" />}
      {own.isError && !own.data && <ErrorState error={own.error} onRetry={() => void own.refetch()} />}
      {own.data && (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
          {url && (
            <>
              <Field label={t("calendarFeed.url")}>
                {(control) => (
                  <div className="flex items-center gap-1">
                    <Input {...control} readOnly dir="ltr" value={url} onFocus={(event) => event.currentTarget.select()} />
                    <CopyButton text={url} label={t("calendarFeed.copy")} />
                  </div>
                )}
              </Field>
              <Alert tone="warning" title={t("calendarFeed.urlOnce")} live />
            </>
          )}
          {feed ? (
            <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
              <dt className="text-muted-foreground">{t("calendarFeed.since")}</dt>
              <dd>
                <Time at={feed.created_at} full />
              </dd>
              <dt className="text-muted-foreground">{t("calendarFeed.read")}</dt>
              <dd>{feed.read_at ? <Time at={feed.read_at} full /> : t("calendarFeed.never")}</dd>
            </dl>
          ) : (
            <p className="text-sm text-muted-foreground">{t("calendarFeed.none")}</p>
          )}
          {feed && !url && <p className="text-xs text-muted-foreground">{t("calendarFeed.renewText")}</p>}
        </div>
      )}
    </Dialog>
  );
}
