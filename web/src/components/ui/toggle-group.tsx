import { ToggleGroup as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

export function ToggleGroup({ className, ...rest }: ComponentProps<typeof Radix.Root>) {
  return <Radix.Root className={cn("inline-flex rounded-md border bg-sunken p-0.5", className)} {...rest} />;
}

export function ToggleItem({ className, ...rest }: ComponentProps<typeof Radix.Item>) {
  return (
    <Radix.Item
      className={cn(
        "inline-flex h-7 items-center gap-1.5 rounded px-2.5 text-sm font-medium text-muted-foreground hover:text-foreground data-[state=on]:bg-surface data-[state=on]:text-foreground data-[state=on]:shadow-xs dark:data-[state=on]:bg-raised max-sm:h-9 [&_svg]:size-4",
        className,
      )}
      {...rest}
    />
  );
}
