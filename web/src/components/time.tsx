import { relative } from "@/lib/format";
import { useFormat } from "@/lib/use-format";
import { useNow } from "@/lib/use-now";

/** A moment as people say it; the exact one is in the title. */
export function Time({ at, full, className }: { at: string; full?: boolean; className?: string }) {
  const format = useFormat();
  const now = useNow();
  return (
    <time dateTime={at} title={format.exact(at)} className={className}>
      {full ? format.dateTime(at) : relative(format.locale, at, now)}
    </time>
  );
}
