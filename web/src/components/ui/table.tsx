import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

/** A table that scrolls inside its own box, never the page. */
export function Table({ className, label, ...rest }: ComponentProps<"table"> & { label: string }) {
  return (
    <div className="relative w-full overflow-x-auto" role="region" aria-label={label} tabIndex={0}>
      <table className={cn("w-full border-collapse text-sm", className)} {...rest} />
    </div>
  );
}

export function Th({ className, ...rest }: ComponentProps<"th">) {
  return (
    <th
      scope="col"
      className={cn("border-b px-3 py-2 text-start text-xs font-medium whitespace-nowrap text-muted-foreground", className)}
      {...rest}
    />
  );
}

export function Td({ className, ...rest }: ComponentProps<"td">) {
  return <td className={cn("border-b px-3 py-2 align-middle", className)} {...rest} />;
}

export function Tr({ className, ...rest }: ComponentProps<"tr">) {
  return <tr className={cn("last:[&>td]:border-b-0", className)} {...rest} />;
}
