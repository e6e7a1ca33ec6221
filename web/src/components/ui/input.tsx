import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

const box =
  "w-full min-w-0 rounded-md border border-input bg-surface px-2.5 text-sm text-foreground transition-colors disabled:opacity-60 aria-invalid:border-danger";

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input className={cn(box, "h-8.5 max-sm:h-10", className)} {...rest} />;
}

export function Textarea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea className={cn(box, "min-h-24 py-2 leading-relaxed", className)} {...rest} />;
}

/** The browser's own select: works with every keyboard, reader and phone. */
export function Select({ className, ...rest }: ComponentProps<"select">) {
  return <select className={cn(box, "h-8.5 pe-7 max-sm:h-10", className)} {...rest} />;
}
