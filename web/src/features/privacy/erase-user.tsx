import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { api, call } from "@/api/client";
import type { ErasurePreview, User } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { TextAreaField } from "@/components/form/fields";
import { FormDialog } from "@/components/form/form-dialog";
import { useAppForm } from "@/components/form/use-app-form";
import { Time } from "@/components/time";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Progress } from "@/components/ui/progress";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { useErasure } from "./data/erasures";

/** Erasing a person: what stands against it, what goes and what stays, and the order itself. */
export function EraseUser({ user }: { user: User }) {
  const { t } = useTranslation();
  const erasure = useErasure(user.id);
  return (
    <Card className="grid gap-4 p-4 sm:p-6">
      <div>
        <h2 className="text-base font-semibold">{t("erase.title")}</h2>
        <p className="text-sm text-muted-foreground">{t("erase.text")}</p>
      </div>
      {erasure.isPending && <Skeleton className="h-32" />}
      {erasure.isError && !erasure.data && <ErrorState error={erasure.error} onRetry={() => void erasure.refetch()} />}
      {erasure.data && <Standing user={user} shown={erasure.data} />}
    </Card>
  );
}

function Standing({ user, shown }: { user: User; shown: ErasurePreview }) {
  const { t } = useTranslation();
  const { erasure } = shown;
  if (erasure?.state === "running") {
    return (
      <div className="grid gap-1.5 text-sm">
        <span>{t("erasureState.running")}</span>
        <Progress value={Math.round((erasure.steps_done / erasure.steps) * 100)} label={t("erase.progress")} />
      </div>
    );
  }
  if (erasure?.state === "done") {
    return (
      <p className="text-sm">
        {t("erasureState.done")} {erasure.done_at && <Time at={erasure.done_at} />}
      </p>
    );
  }
  return (
    <>
      {erasure?.state === "asked" && erasure.asked_at && (
        <Alert
          tone="info"
          title={
            <>
              {t("erase.askedByPerson")} <Time at={erasure.asked_at} />
            </>
          }
        >
          {erasure.due_at && (
            <>
              {t("erasure.notBefore")} <Time at={erasure.due_at} />
            </>
          )}
        </Alert>
      )}
      <div className="grid gap-4 text-sm sm:grid-cols-2">
        <Amounts title={t("erase.goes")} items={shown.erased.map(({ key, count }) => [t(`erased.${key}`), count, ""])} />
        <Amounts title={t("erase.stays")} items={shown.kept.map(({ key, count, law }) => [t(`kept.${key}`), count, law])} />
      </div>
      {shown.obstacles.length > 0 && (
        <Alert tone="warning" title={t("erase.first")}>
          <ul className="grid list-disc gap-1 ps-4">
            {shown.obstacles.map(({ key, count }) => (
              <li key={key}>{t(`obstacle.${key}`, { count })}</li>
            ))}
          </ul>
        </Alert>
      )}
      <Order user={user} disabled={shown.obstacles.length > 0} />
    </>
  );
}

function Amounts({ title, items }: { title: string; items: (readonly [string, number, string])[] }) {
  const { t } = useTranslation();
  const some = items.filter(([, count]) => count > 0);
  return (
    <section className="grid content-start gap-1">
      <h3 className="font-medium">{title}</h3>
      {some.length === 0 && <p className="text-muted-foreground">{t("erase.nothing")}</p>}
      <ul className="grid gap-1">
        {some.map(([name, count, law]) => (
          <li key={name} className="flex flex-wrap justify-between gap-x-3">
            <span>
              {name}
              {law && (
                <span className="block text-xs text-muted-foreground">
                  <bdi>{law}</bdi>
                </span>
              )}
            </span>
            <span>{count}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Order({ user, disabled }: { user: User; disabled: boolean }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button variant="danger" className="justify-self-start" disabled={disabled} onClick={() => setAsking(true)}>
        {t("erase.order")}
      </Button>
      {asking && <OrderDialog user={user} onClose={() => setAsking(false)} />}
    </>
  );
}

const schema = z.object({ reason: z.string().trim().min(5, "field.invalid_reason").max(500, "field.invalid_reason") });

function OrderDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const form = useAppForm({
    schema,
    values: { reason: "" },
    save: (body) => call(api.POST("/api/v1/users/{id}/erasure", { params: { path: { id: user.id } }, body })),
    onSaved: () => {
      void queries.invalidateQueries({ queryKey: ["personal-erasures"] });
      toast({ tone: "success", title: t("erase.begun") });
      onClose();
    },
  });
  return (
    <FormDialog form={form} title={t("erase.orderTitle", { name: user.name })} description={t("erase.orderText")} confirm={t("erase.order")} danger onClose={onClose}>
      <TextAreaField form={form} name="reason" label={t("erase.reason")} hint={t("erase.reasonHint")} required dir="auto" data-autofocus />
    </FormDialog>
  );
}
