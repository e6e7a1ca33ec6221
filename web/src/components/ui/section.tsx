import type { ReactNode } from "react";
import { Card, CardTitle } from "./card";

/** A part of a page with a name of its own. */
export function Section({ title, mark, actions, children }: { title: string; /** A verdict beside the name. */ mark?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <Card>
      <header className="flex min-h-10 flex-wrap items-center gap-2 border-b px-4 py-2">
        <CardTitle>{title}</CardTitle>
        {mark}
        {actions && <span className="ms-auto flex gap-2">{actions}</span>}
      </header>
      <div className="p-4">{children}</div>
    </Card>
  );
}
