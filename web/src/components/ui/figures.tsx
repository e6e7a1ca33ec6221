import { cn } from "@/lib/cn";
import { Card } from "./card";
import { Skeleton } from "./skeleton";

interface FiguresProps {
  label: string;
  list: { name: string; value: string; alarm?: boolean }[];
  waiting?: boolean;
}

/** A few numbers that say how things stand, large enough to be read from afar. */
export function Figures({ label, list, waiting }: FiguresProps) {
  return (
    <Card aria-label={label} aria-busy={waiting || undefined} className="overflow-hidden">
      <dl className="-m-px grid grid-cols-[repeat(auto-fit,minmax(8.5rem,1fr))]">
        {list.map(({ name, value, alarm }) => (
          <div key={name} className="border-s border-t px-4 py-3">
            <dt className="text-xs text-muted-foreground">{name}</dt>
            <dd className={cn("tabular text-xl font-semibold", alarm && "text-danger")}>{waiting ? <Skeleton className="my-1 h-5 w-12" /> : value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
