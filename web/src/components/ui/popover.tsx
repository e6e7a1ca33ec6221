import { Popover as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

export const Popover = Radix.Root;
export const PopoverTrigger = Radix.Trigger;

export function PopoverContent({ className, ...rest }: ComponentProps<typeof Radix.Content>) {
  return (
    <Radix.Portal>
      <Radix.Content
        sideOffset={5}
        collisionPadding={8}
        className={cn("z-50 w-72 max-w-[92vw] rounded-lg border bg-raised p-3 shadow-pop", className)}
        {...rest}
      />
    </Radix.Portal>
  );
}
