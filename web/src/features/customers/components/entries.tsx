import type { UseQueryResult } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { ErrorState } from "@/components/error-state";
import { ListSkeleton } from "@/components/list-skeleton";
import { Button } from "@/components/ui/button";
import { Card, CardTitle } from "@/components/ui/card";

interface EntriesProps<T extends { id: string }> {
  title: string;
  query: UseQueryResult<T[]>;
  /** Said when there are none. */
  none: string;
  addText: string;
  onAdd: () => void;
  /** Names the button that deletes this one. */
  deleteText: (entry: T) => string;
  onDelete: (id: string) => void;
  /** Adding and deleting are offered. */
  editable: boolean;
  show: (entry: T) => ReactNode;
  /** The form while something is added. */
  children: ReactNode;
}

/** A short list that belongs to a customer, such as his addresses. */
export function Entries<T extends { id: string }>({ title, query, none, addText, onAdd, deleteText, onDelete, editable, show, children }: EntriesProps<T>) {
  return (
    <Card className="grid gap-3 p-4">
      <div className="flex items-center justify-between gap-2">
        <CardTitle>{title}</CardTitle>
        {/* The first one is made the usual one, so it has to be known whether there is any. */}
        {editable && query.data && (
          <Button onClick={onAdd}>
            <Plus aria-hidden />
            {addText}
          </Button>
        )}
      </div>
      {query.isPending && <ListSkeleton rows={1} />}
      {!query.data && query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.length === 0 && <p className="text-sm text-muted-foreground">{none}</p>}
      <ul aria-label={title} className="grid gap-2 text-sm">
        {query.data?.map((entry) => (
          <li key={entry.id} className="flex items-start justify-between gap-2">
            <div className="min-w-0">{show(entry)}</div>
            {editable && (
              <Button variant="ghost" size="icon-sm" aria-label={deleteText(entry)} onClick={() => onDelete(entry.id)}>
                <Trash2 aria-hidden />
              </Button>
            )}
          </li>
        ))}
      </ul>
      {children}
    </Card>
  );
}
