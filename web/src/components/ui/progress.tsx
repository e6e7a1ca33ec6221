import { Progress as Radix } from "radix-ui";

/** `value` in percent; null while nobody knows. */
export function Progress({ value, label }: { value: number | null; label: string }) {
  return (
    <Radix.Root value={value} aria-label={label} className="h-1.5 w-full overflow-hidden rounded-full bg-foreground/10">
      <Radix.Indicator
        className={value === null ? "h-full w-1/3 animate-pulse bg-primary" : "h-full bg-primary transition-[width]"}
        style={value === null ? undefined : { width: `${value}%` }}
      />
    </Radix.Root>
  );
}
