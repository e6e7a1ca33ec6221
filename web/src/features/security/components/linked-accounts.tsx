import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import { explain } from "@/api/problem";
import type { LinkedAccount, SignOnProvider } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Ltr } from "@/components/mono";
import { Time } from "@/components/time";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { useProviders } from "@/features/auth/data/sign-on";

function useLinked() {
  return useQuery({
    queryKey: ["me", "identities"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/me/identities", { signal })),
  });
}

/** Accounts of providers that one signs in with. Nothing is shown where there are neither such accounts nor providers. */
export function LinkedAccounts() {
  const { t } = useTranslation();
  const linked = useLinked();
  const providers = useProviders();
  const failed = [linked, providers].find((query) => query.isError && !query.data);
  const items = linked.data?.items;
  if (items?.length === 0 && providers.data?.length === 0) return null;
  const free = providers.data?.filter(({ slug }) => !items?.some((item) => item.slug === slug));
  return (
    <Section title={t("linked.title")}>
      {failed ? (
        <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />
      ) : items && free ? (
        <div className="grid gap-4">
          <p className="text-sm text-muted-foreground">{t("linked.text")}</p>
          {items.length > 0 && (
            <ul className="grid gap-3">
              {items.map((item) => (
                <Linked key={item.id} item={item} />
              ))}
            </ul>
          )}
          {free.length > 0 && <LinkButtons providers={free} />}
        </div>
      ) : (
        <Skeleton className="h-20" />
      )}
    </Section>
  );
}

function LinkButtons({ providers }: { providers: SignOnProvider[] }) {
  const { t } = useTranslation();
  const link = useMutation({
    mutationFn: (slug: string) => call(api.POST("/api/v1/auth/oidc/{slug}/link", { params: { path: { slug } } })),
    onSuccess: ({ url }) => location.assign(url),
  });
  return (
    <div className="flex flex-wrap gap-2">
      {providers.map(({ slug, name }) => (
        <Button key={slug} busy={link.isPending && link.variables === slug} onClick={() => link.mutate(slug)}>
          {t("linked.link", { name })}
        </Button>
      ))}
    </div>
  );
}

function Linked({ item }: { item: LinkedAccount }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const unlink = useMutation({
    meta: { explained: true },
    mutationFn: () => call(api.DELETE("/api/v1/me/identities/{id}", { params: { path: { id: item.id } } })),
    onSuccess: () => {
      setAsking(false);
      toast({ tone: "success", title: t("linked.unlinked") });
      return queries.invalidateQueries({ queryKey: ["me", "identities"] });
    },
  });
  const name = item.provider ?? item.issuer;
  const failure = unlink.isError ? explain(t, unlink.error) : null;
  const close = () => {
    setAsking(false);
    unlink.reset();
  };
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 text-sm">
      <div className="min-w-0 grow basis-56">
        <p className="font-medium break-words">
          <bdi>{name}</bdi>
        </p>
        <p className="flex flex-wrap gap-x-3 text-muted-foreground">
          {item.email && <Ltr className="break-all">{item.email}</Ltr>}
          <span>
            {item.last_used_at ? (
              <>
                {t("linked.lastUsed")} <Time at={item.last_used_at} />
              </>
            ) : (
              t("linked.neverUsed")
            )}
          </span>
          {item.provider === null && <span>{t("linked.gone")}</span>}
        </p>
      </div>
      <Button size="sm" onClick={() => setAsking(true)} aria-label={t("linked.unlinkNamed", { name })}>
        {t("linked.unlink")}
      </Button>
      <ConfirmDialog
        open={asking}
        title={t("linked.unlinkTitle", { name })}
        description={t("linked.unlinkText")}
        confirm={t("linked.unlink")}
        danger
        busy={unlink.isPending}
        onCancel={close}
        onConfirm={() => unlink.mutate()}
      >
        {failure && (
          <Alert tone="danger" title={failure.title} live>
            {failure.action}
          </Alert>
        )}
      </ConfirmDialog>
    </li>
  );
}
