import type { ReactNode } from "react";
import type { TagColour } from "@/api/types";
import { cn } from "@/lib/cn";

/** Text and ground of each colour: readable in light and in dark. */
const COLOURS: Record<TagColour, string> = {
  grey: "bg-sunken text-muted-foreground dark:bg-raised",
  red: "bg-red-100 text-red-900 dark:bg-red-950 dark:text-red-200",
  orange: "bg-orange-100 text-orange-900 dark:bg-orange-950 dark:text-orange-200",
  yellow: "bg-yellow-100 text-yellow-900 dark:bg-yellow-950 dark:text-yellow-200",
  green: "bg-green-100 text-green-900 dark:bg-green-950 dark:text-green-200",
  teal: "bg-teal-100 text-teal-900 dark:bg-teal-950 dark:text-teal-200",
  blue: "bg-blue-100 text-blue-900 dark:bg-blue-950 dark:text-blue-200",
  purple: "bg-purple-100 text-purple-900 dark:bg-purple-950 dark:text-purple-200",
  pink: "bg-pink-100 text-pink-900 dark:bg-pink-950 dark:text-pink-200",
};

export const TAG_COLOURS = Object.keys(COLOURS) as TagColour[];

/** A word that tickets are marked with, in its colour. */
export function Tag({ name, colour, children, className }: { name: string; colour: TagColour; children?: ReactNode; className?: string }) {
  return (
    <span className={cn("inline-flex max-w-full items-center gap-1 rounded-full px-2 py-px align-middle text-xs font-medium [&_svg]:size-3", COLOURS[colour], className)}>
      <bdi className="min-w-0 truncate">{name}</bdi>
      {children}
    </span>
  );
}
