import { useEffect, useRef, type ReactNode } from "react";
import type { FieldValues } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { Mono } from "@/components/mono";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import type { AppForm } from "./use-app-form";

interface FormProps<V extends FieldValues> {
  form: AppForm<V>;
  id?: string;
  label?: string;
  className?: string;
  /** What else has to be forgotten with a draft, such as its files. */
  onDiscard?: () => void;
  children: ReactNode;
}

/** The frame of a form: why it could not be sent stands above its fields and has the focus. */
export function Form<V extends FieldValues>({ form, id, label, className, onDiscard, children }: FormProps<V>) {
  const { t } = useTranslation();
  const summary = useRef<HTMLDivElement>(null);
  const { failure, restored, discard, submit } = form;
  useEffect(() => {
    if (failure) summary.current?.focus();
  }, [failure]);
  return (
    <form id={id} aria-label={label} onSubmit={(event) => void submit(event)} noValidate className={cn("grid grid-cols-[minmax(0,1fr)] gap-4", className)}>
      {failure && (
        <div ref={summary} tabIndex={-1} className="outline-none">
          <Alert tone="danger" title={failure.title} live>
            {failure.action}
            {failure.requestId && (
              <p className="text-xs text-muted-foreground">
                {t("common.requestId")} <Mono className="select-all">{failure.requestId}</Mono>
              </p>
            )}
          </Alert>
        </div>
      )}
      {restored && (
        <Alert
          tone="info"
          title={t("form.draftRestored")}
          actions={
            <Button
              size="sm"
              onClick={() => {
                discard();
                onDiscard?.();
              }}
            >
              {t("form.draftDiscard")}
            </Button>
          }
        />
      )}
      {children}
    </form>
  );
}

/** The end of a form on a page: the way out and the way on. */
export function FormActions<V extends FieldValues>({ form, save, onCancel, disabled, children }: { form: AppForm<V>; save?: string; onCancel: () => void; disabled?: boolean; children?: ReactNode }) {
  const { t } = useTranslation();
  return (
    <div className="flex flex-wrap items-center gap-2 border-t pt-4">
      {children}
      <span className="ms-auto flex gap-2">
        <Button onClick={onCancel}>{t("common.cancel")}</Button>
        <Button type="submit" variant="primary" busy={form.formState.isSubmitting} disabled={disabled}>
          {save ?? t("common.save")}
        </Button>
      </span>
    </div>
  );
}
