import { useFormat } from "@/lib/use-format";

/** A moment as people say it; the exact one is in the title. */
export function Time({ at, full, className }: { at: string; full?: boolean; className?: string }) {
  const format = useFormat();
  return (
    <time dateTime={at} title={format.exact(at)} className={className}>
      {full ? format.dateTime(at) : format.relative(at)}
    </time>
  );
}
