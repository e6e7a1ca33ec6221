import { Skeleton } from "./ui/skeleton";

/** Same height and rhythm as the rows that will follow. */
export function ListSkeleton({ rows = 12 }: { rows?: number }) {
  return (
    <div aria-busy className="divide-y">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className="flex h-10 items-center gap-4 px-3 max-sm:h-17">
          <Skeleton className="hidden h-3.5 w-14 md:block" />
          <Skeleton className="h-3.5 flex-1" />
          <Skeleton className="hidden h-5 w-24 rounded-full sm:block" />
          <Skeleton className="hidden h-3.5 w-28 lg:block" />
        </div>
      ))}
    </div>
  );
}
