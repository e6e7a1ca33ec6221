import { Skeleton } from "@/components/ui/skeleton";

/** A conversation that is on its way. */
export function TimelineSkeleton() {
  return (
    <div aria-busy className="grid gap-3">
      {[28, 20, 24].map((height, index) => (
        <div key={index} className="rounded-lg border bg-surface p-4">
          <div className="flex items-center gap-2.5">
            <Skeleton className="size-7 rounded-full" />
            <Skeleton className="h-3.5 w-40" />
          </div>
          <Skeleton className="mt-4 h-3.5 w-11/12" />
          <Skeleton className="mt-2 h-3.5 w-2/3" />
          <div style={{ height }} />
        </div>
      ))}
    </div>
  );
}
