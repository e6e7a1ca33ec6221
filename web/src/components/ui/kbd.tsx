import type { ReactNode } from "react";

export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd dir="ltr" className="inline-flex h-5 min-w-5 items-center justify-center rounded border bg-sunken px-1 font-sans text-[0.7rem] font-medium text-muted-foreground dark:bg-background">
      {children}
    </kbd>
  );
}
