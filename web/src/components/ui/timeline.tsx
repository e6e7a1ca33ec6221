import type { ReactNode } from "react";
import { Time } from "@/components/time";
import { cn } from "@/lib/cn";

const TONES = { neutral: "bg-input", success: "bg-success", warning: "bg-warning", danger: "bg-danger" };

/** What happened, in the order in which it happened. */
export function Timeline({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ol aria-label={label} className="text-sm">
      {children}
    </ol>
  );
}

interface TimelineEntryProps {
  /** When; several things of one moment may leave it out. */
  at?: string;
  tone?: keyof typeof TONES;
  title: ReactNode;
  /** Who or what did it, and what more there is to say. */
  children?: ReactNode;
}

export function TimelineEntry({ at, tone = "neutral", title, children }: TimelineEntryProps) {
  return (
    <li className="group/entry grid grid-cols-[0.625rem_minmax(0,1fr)] gap-x-3 pb-3.5 last:pb-0">
      <span aria-hidden className="grid grid-rows-[auto_1fr] justify-items-center">
        <span className={cn("mt-1.5 size-2 rounded-full", TONES[tone])} />
        <span className="mt-1.5 -mb-5 w-px bg-border group-last/entry:hidden" />
      </span>
      <div className="min-w-0">
        <p className="flex flex-wrap items-baseline justify-between gap-x-4">
          <span className="min-w-0 font-medium">{title}</span>
          {at && <Time at={at} full className="text-xs text-muted-foreground" />}
        </p>
        {children && <div className="mt-0.5 text-muted-foreground">{children}</div>}
      </div>
    </li>
  );
}
