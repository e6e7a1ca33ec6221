import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { explain } from "@/api/problem";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { leaveFor, useProviders } from "./data/sign-on";

interface SignOnButtonsProps {
  /** Where one goes afterwards. */
  next: string;
  /** The provider asks who one is even when it knows. */
  fresh?: boolean;
}

/** The other way in: a button for each provider. */
export function SignOnButtons({ next, fresh = false }: SignOnButtonsProps) {
  const { t } = useTranslation();
  const providers = useProviders();
  const leave = useMutation({ meta: { explained: true }, mutationFn: (slug: string) => leaveFor(slug, next, fresh) });
  if (providers.isError)
    return (
      <p role="alert" className="mt-4 flex flex-wrap items-center gap-x-2 text-sm text-muted-foreground">
        {t("signOn.notLoaded")}
        <Button variant="ghost" size="sm" onClick={() => void providers.refetch()}>
          {t("common.retry")}
        </Button>
      </p>
    );
  if (!providers.data?.length) return null;
  const failure = leave.isError ? explain(t, leave.error) : null;
  // The page is about to be left: nothing else is to be pressed.
  const busy = leave.isPending || leave.isSuccess;
  return (
    <section aria-label={t("signOn.title")} className="mt-6 grid gap-3">
      <p className="flex items-center gap-3 text-xs text-muted-foreground before:h-px before:grow before:bg-border after:h-px after:grow after:bg-border">{t("signOn.or")}</p>
      {failure && (
        <Alert tone="danger" title={failure.title} live>
          {failure.action}
        </Alert>
      )}
      {providers.data.map(({ slug, name }) => (
        <Button key={slug} size="lg" busy={busy && leave.variables === slug} disabled={busy} onClick={() => leave.mutate(slug)}>
          {t("signOn.with", { name })}
        </Button>
      ))}
    </section>
  );
}
