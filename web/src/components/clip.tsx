import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

/**
 * One line that is cut where it ends. The text keeps its own direction, so a Latin subject in an Arabic page loses its end
 * and not its beginning, yet it stands where the page's lines begin.
 */
export function Clip({ children, title, className }: { children: ReactNode; title?: string; className?: string }) {
  return (
    <bdi dir="auto" title={title ?? (typeof children === "string" ? children : undefined)} className={cn("block w-fit max-w-full truncate", className)}>
      {children}
    </bdi>
  );
}
