import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

/** What is known about a thing, name by name: side by side on a page, one below the other in a narrow place. */
export function Facts({ narrow, className, children }: { narrow?: boolean; className?: string; children: ReactNode }) {
  return <dl className={cn("grid gap-x-6 gap-y-3 text-sm", !narrow && "sm:grid-cols-2 lg:grid-cols-4", className)}>{children}</dl>;
}

export function Fact({ name, className, children }: { name: string; className?: string; children: ReactNode }) {
  return (
    <div className={cn("min-w-0", className)}>
      <dt className="text-xs text-muted-foreground">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  );
}
