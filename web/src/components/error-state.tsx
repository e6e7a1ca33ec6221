import { CloudOff, RotateCw, SearchX, ShieldX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { asApiError, explain } from "@/api/problem";
import { Button } from "./ui/button";
import { CopyButton } from "./ui/copy-button";
import { Mono } from "./mono";

/** It stands for the whole page and gives it its heading; `list` is where the page hangs, null for one that hangs nowhere. */
type Place = { page: true; list: string | null } | { page?: false; list?: never };

type ErrorStateProps = Place & {
  error: unknown;
  onRetry?: () => void;
};

/** A page or part that could not be loaded: the cause in plain words, what to do, the request id, retry. */
export function ErrorState({ error, onRetry, page, list }: ErrorStateProps) {
  const { t } = useTranslation();
  const { title, action, requestId } = explain(t, error);
  const { status } = asApiError(error);
  const Icon = status === 403 ? ShieldX : status === 404 ? SearchX : CloudOff;
  return (
    <div role="alert" className="grid justify-items-center gap-2 px-4 py-14 text-center">
      <span className="grid size-11 place-items-center rounded-full bg-danger-soft text-danger">
        <Icon aria-hidden className="size-5" />
      </span>
      {page ? <h1 className="font-medium">{title}</h1> : <p className="font-medium">{title}</p>}
      <p className="max-w-sm text-sm text-muted-foreground">{action}</p>
      {requestId && (
        <p className="flex items-center gap-1 text-xs text-muted-foreground">
          {t("common.requestId")} <Mono className="select-all">{requestId}</Mono>
          <CopyButton text={requestId} label={t("common.copy")} />
        </p>
      )}
      {/* Trying again changes nothing about what is not there or not allowed. */}
      {page && (status === 403 || status === 404) ? (
        <Button asChild className="mt-2">
          <Link to={list ?? "/"}>{t(list ? "shortcuts.back" : "shell.goHome")}</Link>
        </Button>
      ) : (
        onRetry && (
        <Button className="mt-2" onClick={onRetry}>
          <RotateCw aria-hidden />
          {t("common.retry")}
        </Button>
        )
      )}
    </div>
  );
}
