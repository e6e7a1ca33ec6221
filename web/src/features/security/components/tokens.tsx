import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { KeyRound, Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { ApiToken } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { RowTitle } from "@/components/list/row-title";
import { Mono } from "@/components/mono";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { toast } from "@/components/ui/toast";
import { useDataTable } from "@/components/ui/use-data-table";
import { useNow } from "@/lib/use-now";
import { useRevokeToken, useTokens } from "../data/own";
import { tokenState, type TokenState } from "../data/token";

const column = createColumnHelper<ApiToken>();
const NONE: ApiToken[] = [];
const TONES = { live: "success", expired: "neutral", revoked: "neutral" } as const;

/** What programs use to act in one's name. */
export function Tokens() {
  const { t } = useTranslation();
  const tokens = useTokens();
  const now = useNow();
  const columns = useMemo(() => {
    const state = (token: ApiToken): TokenState => tokenState(token, now);
    const used = (token: ApiToken) => (token.last_used_at ? <Time at={token.last_used_at} /> : t("apiToken.neverUsed"));
    const badge = (token: ApiToken) => <Badge tone={TONES[state(token)]}>{t(`tokenState.${state(token)}`)}</Badge>;
    return [
      column.accessor("name", {
        header: t("apiToken.name"),
        cell: ({ row: { original: token } }) => (
          <RowTitle
            sub={
              <>
                <Mono>{token.prefix}…</Mono>
                <span className="truncate" title={token.scopes.join(", ")}>
                  {t("apiToken.scopes", { count: token.scopes.length })}
                </span>
              </>
            }
            phone={
              <>
                {badge(token)}
                <span>
                  {t("apiToken.until")} <Time at={token.expires_at} full />
                </span>
                <span>
                  {t("apiToken.lastUsed")}: {used(token)}
                </span>
              </>
            }
          >
            {token.name}
          </RowTitle>
        ),
      }),
      column.display({ id: "state", header: t("apiToken.state"), meta: { className: "hidden sm:table-cell w-28" }, cell: ({ row }) => badge(row.original) }),
      column.accessor("expires_at", { header: t("apiToken.until"), meta: { className: "hidden md:table-cell w-44" }, cell: ({ getValue }) => <Time at={getValue()} full /> }),
      column.display({ id: "used", header: t("apiToken.lastUsed"), meta: { className: "hidden sm:table-cell w-40" }, cell: ({ row }) => used(row.original) }),
      column.display({
        id: "actions",
        header: () => <span className="sr-only">{t("common.actions")}</span>,
        meta: { className: "w-32 text-end" },
        cell: ({ row: { original: token } }) => state(token) === "live" && <Revoke token={token} />,
      }),
    ] as ColumnDef<ApiToken, never>[];
  }, [t, now]);
  const rows = tokens.data?.items ?? NONE;
  const table = useDataTable({ name: "own-tokens", rows, columns, rowId: (token) => token.id });
  const add = (
    <Button asChild variant="primary">
      <Link to="/account/security/tokens/new">
        <Plus aria-hidden />
        {t("apiToken.new")}
      </Link>
    </Button>
  );
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <p className="min-w-0 grow basis-60 text-sm text-muted-foreground">{t("apiToken.text")}</p>
        {rows.length > 0 && add}
      </div>
      <DataList table={table} query={tokens} label={t("safety.tokens")} empty={{ icon: KeyRound, title: t("apiToken.none"), text: t("apiToken.noneText"), action: add }} expected={3} />
    </div>
  );
}

function Revoke({ token }: { token: ApiToken }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const revoke = useRevokeToken();
  return (
    <>
      <Button size="sm" onClick={() => setAsking(true)}>
        {t("apiToken.revoke")}
      </Button>
      <ConfirmDialog
        open={asking}
        title={t("apiToken.revokeTitle", { name: token.name })}
        description={t("apiToken.revokeText")}
        confirm={t("apiToken.revoke")}
        danger
        busy={revoke.isPending}
        onCancel={() => setAsking(false)}
        onConfirm={() =>
          revoke.mutate(token.id, {
            onSuccess: () => toast({ tone: "success", title: t("apiToken.revoked") }),
            onSettled: () => setAsking(false),
          })
        }
      />
    </>
  );
}
