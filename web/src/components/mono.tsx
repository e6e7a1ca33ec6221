import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

/** Ids, addresses and other Latin tokens keep their own direction inside Arabic text. */
export function Mono({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <bdi dir="ltr" className={cn("font-mono text-[0.85em] break-all", className)}>
      {children}
    </bdi>
  );
}

export function Ltr({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <bdi dir="ltr" className={className}>
      {children}
    </bdi>
  );
}
