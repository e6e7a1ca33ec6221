import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorState } from "@/components/error-state";
import { Time } from "@/components/time";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { useAskErasure, useOwnErasure } from "./data/erasures";

/** Asking to be erased, and taking it back. */
export function OwnErasure() {
  const { t } = useTranslation();
  const own = useOwnErasure();
  const ask = useAskErasure();
  const [asking, setAsking] = useState(false);
  const change = (take: boolean) =>
    ask.mutate(take, {
      onSuccess: () => toast({ tone: "success", title: t(take ? "erasure.asked" : "erasure.withdrawn") }),
      onSettled: () => setAsking(false),
    });
  return (
    <Card className="grid gap-4 p-4 sm:p-6">
      <div>
        <h2 className="text-base font-semibold">{t("erasure.title")}</h2>
        <p className="text-sm text-muted-foreground">{t("erasure.text")}</p>
      </div>
      {own.isPending && <Skeleton className="h-10" />}
      {own.isError && !own.data && <ErrorState error={own.error} onRetry={() => void own.refetch()} />}
      {own.data?.state === "asked" && (
        <Alert
          tone="warning"
          title={
            <>
              {t("erasure.waits")} {own.data.asked_at && <Time at={own.data.asked_at} />}
            </>
          }
          actions={
            <Button busy={ask.isPending} onClick={() => change(false)}>
              {t("erasure.withdraw")}
            </Button>
          }
        >
          {t("erasure.notBefore")} {own.data.due_at && <Time at={own.data.due_at} />}
        </Alert>
      )}
      {own.data && own.data.state !== "asked" && (
        <Button variant="danger" className="justify-self-start" onClick={() => setAsking(true)}>
          {t("erasure.ask")}
        </Button>
      )}
      <ConfirmDialog
        open={asking}
        title={t("erasure.askTitle")}
        description={t("erasure.askText")}
        confirm={t("erasure.ask")}
        danger
        busy={ask.isPending}
        onCancel={() => setAsking(false)}
        onConfirm={() => change(true)}
      />
    </Card>
  );
}
