import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { call, open } from "@/api/client";
import { asApiError } from "@/api/problem";
import { ErrorState } from "@/components/error-state";
import { ListSkeleton } from "@/components/list-skeleton";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { AuthFrame } from "@/features/auth/auth-frame";
import { useLinkToken } from "@/features/auth/use-link-token";
import { OWN_NEWS_SETTINGS } from "@/features/shell/navigation";

/** What a link under a notice opens: it switches exactly these mails off, at a press of a button. */
export function UnsubscribePage() {
  const { t } = useTranslation();
  const token = useLinkToken();
  const params = { path: { token: token || "-" } };
  const link = useQuery({
    queryKey: ["unsubscribe", token],
    queryFn: ({ signal }) => call(open.GET("/api/v1/unsubscribe/{token}", { params, signal })),
    retry: false,
    staleTime: Infinity,
  });
  const off = useMutation({ meta: { explained: true }, mutationFn: () => call(open.POST("/api/v1/unsubscribe/{token}", { params })) });
  const shown = off.data ?? link.data;
  const title = t("unsubscribe.title");
  if (link.isPending) return <AuthFrame title={title}><ListSkeleton rows={2} /></AuthFrame>;
  if (!shown) {
    const gone = asApiError(link.error).status === 404;
    return (
      <AuthFrame title={title}>
        {gone ? <Alert tone="danger" title={t("unsubscribe.unknown")} live /> : <ErrorState error={link.error} onRetry={() => void link.refetch()} />}
        <ToSettings />
      </AuthFrame>
    );
  }
  const topic = shown.export ? t("unsubscribe.export", { name: shown.export }) : shown.topic ? t(`noticeTopic.${shown.topic}`) : t("notice.digest");
  const names = { topic, address: shown.address };
  return (
    <AuthFrame title={title} subtitle={t(shown.on ? "unsubscribe.text" : "unsubscribe.done", names)}>
      {off.isError && <ErrorState error={off.error} onRetry={() => off.mutate()} />}
      {shown.on && (
        <Button variant="primary" size="lg" busy={off.isPending} onClick={() => off.mutate()}>
          {t("unsubscribe.confirm")}
        </Button>
      )}
      <ToSettings />
    </AuthFrame>
  );
}

function ToSettings() {
  const { t } = useTranslation();
  return (
    <Link to={OWN_NEWS_SETTINGS} className="mt-4 block py-2 text-sm underline underline-offset-4">
      {t("unsubscribe.all")}
    </Link>
  );
}
