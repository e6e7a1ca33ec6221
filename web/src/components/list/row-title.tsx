import type { ReactNode } from "react";
import { Link } from "react-router";
import { Clip } from "@/components/clip";
import { cn } from "@/lib/cn";

interface RowTitleProps {
  /** Where the row leads. */
  to?: string;
  /** It leads to a part of the same page, which keeps its place. */
  stays?: boolean;
  children: ReactNode;
  /** Signs behind the title that must not be cut. */
  marks?: ReactNode;
  /** A second line, on every screen. */
  sub?: ReactNode;
  /** What the columns that a phone has no room for would say, as one line. */
  phone?: ReactNode;
}

/** The first cell of a row: its name, which is its link. On a phone it carries the rest of the row. */
export function RowTitle({ to, stays, children, marks, sub, phone }: RowTitleProps) {
  const text = <Clip>{children}</Clip>;
  return (
    <div className="min-w-0">
      <span className="flex items-center gap-1.5">
        {to ? (
          <Link to={to} preventScrollReset={stays} className="min-w-7 py-0.5 font-medium group-hover/row:underline max-sm:py-1.5">
            {text}
          </Link>
        ) : (
          <span className="min-w-0 py-0.5 font-medium">{text}</span>
        )}
        {marks}
      </span>
      {sub && <div className={cn("flex min-w-0 items-center gap-x-2 text-xs text-muted-foreground", phone !== undefined && "max-sm:hidden")}>{sub}</div>}
      {phone && <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-muted-foreground sm:hidden">{phone}</div>}
    </div>
  );
}
