import type { Table } from "@tanstack/react-table";
import { SearchX, type LucideIcon } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { ListSkeleton } from "@/components/list-skeleton";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { DataTable } from "@/components/ui/data-table";
import { SelectAll } from "@/components/ui/select-cell";
import { LoadMore } from "@/components/ui/load-more";
import { useFormat } from "@/lib/use-format";

/** The part of a query that a list needs: of one read whole, or page by page. */
interface ListQuery {
  isPending: boolean;
  isError: boolean;
  error: unknown;
  isPlaceholderData: boolean;
  refetch: () => unknown;
  hasNextPage?: boolean;
  isFetchingNextPage?: boolean;
  isFetchNextPageError?: boolean;
  fetchNextPage?: () => unknown;
}

interface DataListProps<T> extends Omit<ComponentProps<typeof DataTable<T>>, "table" | "stale"> {
  table: Table<T>;
  query: ListQuery;
  /** What stands there before the first row ever came: why, and what to do. */
  empty: { icon: LucideIcon; title: string; text?: ReactNode; action?: ReactNode };
  /** The filter of the list, when it has one: what hides rows is told apart from having none. */
  filter?: { active: boolean; clear: () => void };
  /** Rows the skeleton shows; as many as usually come. */
  expected?: number;
}

/** A list in each of its states: on its way, failed, empty, without a match, or its rows and the way to more. */
export function DataList<T>({ table, query, empty, filter, expected, ...rest }: DataListProps<T>) {
  const { t } = useTranslation();
  const format = useFormat();
  const count = table.getRowCount();
  return (
    <>
      <Card className="overflow-clip">
        {query.isPending ? (
          <ListSkeleton rows={expected} />
        ) : query.isError && count === 0 ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : count > 0 ? (
          <>
            {rest.selection && <SelectAll selection={rest.selection} />}
            <DataTable table={table} stale={query.isPlaceholderData} {...rest} />
          </>
        ) : filter?.active ? (
          <Empty icon={SearchX} title={t("list.noMatch")} action={<Button onClick={filter.clear}>{t("list.clear")}</Button>}>
            {t("list.noMatchText")}
          </Empty>
        ) : (
          <Empty icon={empty.icon} title={empty.title} action={empty.action}>
            {empty.text}
          </Empty>
        )}
      </Card>
      {query.fetchNextPage && count > 0 && (
        <LoadMore
          more={query.hasNextPage ?? false}
          busy={query.isFetchingNextPage ?? false}
          failed={query.isFetchNextPageError}
          onMore={() => void query.fetchNextPage?.()}
          shown={t("table.shown", { count, n: format.number(count) })}
        />
      )}
    </>
  );
}
