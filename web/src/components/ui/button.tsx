import { cva, type VariantProps } from "class-variance-authority";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";
import { Spinner } from "./spinner";

const styles = cva(
  "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md text-sm font-medium whitespace-nowrap transition-colors select-none disabled:opacity-55 aria-disabled:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        primary: "bg-primary text-primary-foreground hover:bg-primary-hover",
        secondary: "border bg-surface text-foreground hover:bg-sunken",
        ghost: "text-foreground hover:bg-sunken dark:hover:bg-raised",
        danger: "bg-danger text-white hover:opacity-90 dark:text-background",
        link: "h-auto px-0 text-primary underline-offset-4 hover:underline",
      },
      size: {
        sm: "h-7 px-2.5 text-[0.86rem]",
        md: "h-8.5 px-3.5 max-sm:h-10",
        lg: "h-10 px-4 max-sm:h-11",
        icon: "size-8.5 max-sm:size-10",
        "icon-sm": "size-7",
        text: "min-h-[24px]",
      },
    },
    defaultVariants: { variant: "secondary", size: "md" },
  },
);

export interface ButtonProps extends ComponentProps<"button">, VariantProps<typeof styles> {
  asChild?: boolean;
  /** Shows a spinner and refuses further presses; it keeps the focus, for what is disabled loses it. */
  busy?: boolean;
}

/** A press does nothing: it neither sends a form nor opens a menu. */
const BUSY = {
  "aria-busy": true,
  "aria-disabled": true,
  onPointerDown: undefined,
  onKeyDown: undefined,
  onClick: (event: React.MouseEvent) => {
    event.preventDefault();
    event.stopPropagation();
  },
} as const;

export function Button({ className, variant, size, asChild, busy, children, disabled, type, ...rest }: ButtonProps) {
  const classes = cn(styles({ variant, size }), className);
  if (asChild) {
    return (
      <Slot.Root className={classes} {...rest}>
        {children}
      </Slot.Root>
    );
  }
  return (
    <button type={type ?? "button"} className={classes} disabled={disabled} {...rest} {...(busy && BUSY)}>
      {busy && <Spinner />}
      {children}
    </button>
  );
}
