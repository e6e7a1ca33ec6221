import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

/** Nothing to show, why, and what to do next. */
export function Empty({ icon: Icon, title, children, action }: { icon: LucideIcon; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="grid justify-items-center gap-2 px-4 py-14 text-center">
      <span className="grid size-11 place-items-center rounded-full bg-sunken text-muted-foreground dark:bg-raised">
        <Icon aria-hidden className="size-5" />
      </span>
      <p className="font-medium">{title}</p>
      {children && <p className="max-w-sm text-sm text-muted-foreground">{children}</p>}
      {action && <div className="mt-2">{action}</div>}
    </div>
  );
}
