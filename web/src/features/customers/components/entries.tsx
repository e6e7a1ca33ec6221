import type { UseMutationResult, UseQueryResult } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ErrorState } from "@/components/error-state";
import { ListSkeleton } from "@/components/list-skeleton";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Section } from "@/components/ui/section";

interface EntriesProps<T extends { id: string }> {
  title: string;
  query: UseQueryResult<T[]>;
  /** Said when there are none. */
  none: string;
  addText: string;
  onAdd: () => void;
  /** Names what the button of this one deletes. */
  deleteText: (entry: T) => string;
  remove: UseMutationResult<unknown, Error, string>;
  /** Adding and deleting are offered. */
  editable: boolean;
  show: (entry: T) => ReactNode;
  /** The form while something is added. */
  children: ReactNode;
}

/** A short list that belongs to a customer, such as his addresses. */
export function Entries<T extends { id: string }>({ title, query, none, addText, onAdd, deleteText, remove, editable, show, children }: EntriesProps<T>) {
  const { t } = useTranslation();
  const [leaving, setLeaving] = useState<T | null>(null);
  // The first one is made the usual one, so it has to be known whether there is any.
  const add = editable && query.data && (
    <Button size="sm" onClick={onAdd}>
      <Plus aria-hidden />
      {addText}
    </Button>
  );
  return (
    <Section title={title} actions={add}>
      {query.isPending && <ListSkeleton rows={1} />}
      {!query.data && query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.length === 0 && <p className="text-sm text-muted-foreground">{none}</p>}
      {query.data && query.data.length > 0 && (
        <ul aria-label={title} className="grid gap-3 text-sm">
          {query.data.map((entry) => (
            <li key={entry.id} className="flex items-start justify-between gap-2">
              <div className="min-w-0">{show(entry)}</div>
              {editable && (
                <Button variant="ghost" size="icon-sm" aria-label={deleteText(entry)} onClick={() => setLeaving(entry)}>
                  <Trash2 aria-hidden />
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {children}
      <ConfirmDialog
        open={leaving !== null}
        title={leaving ? deleteText(leaving) : ""}
        confirm={t("common.delete")}
        danger
        busy={remove.isPending}
        onCancel={() => setLeaving(null)}
        onConfirm={() => leaving && remove.mutate(leaving.id, { onSettled: () => setLeaving(null) })}
      />
    </Section>
  );
}
