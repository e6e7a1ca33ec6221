import { Check } from "lucide-react";
import { DropdownMenu as Radix } from "radix-ui";
import { createContext, use, useState, type ComponentProps } from "react";
import { cn } from "@/lib/cn";

const Close = createContext(() => {});

export function Menu({ open, onOpenChange, ...rest }: ComponentProps<typeof Radix.Root>) {
  const [own, setOwn] = useState(false);
  const change = (next: boolean) => {
    setOwn(next);
    onOpenChange?.(next);
  };
  return (
    <Close value={() => change(false)}>
      <Radix.Root open={open ?? own} onOpenChange={change} {...rest} />
    </Close>
  );
}

export const MenuTrigger = Radix.Trigger;
export const MenuRadioGroup = Radix.RadioGroup;

const item =
  "relative flex min-h-8 cursor-default items-center gap-2 rounded px-2 py-1 text-sm outline-none select-none data-[disabled]:opacity-60 data-[highlighted]:bg-accent data-[highlighted]:text-accent-foreground max-sm:min-h-10 [&_svg]:size-4 [&_svg]:shrink-0";

export function MenuContent({ className, ...rest }: ComponentProps<typeof Radix.Content>) {
  const close = use(Close);
  return (
    <Radix.Portal>
      <Radix.Content
        // As in a dialog: Radix gives Escape to what came last, and that may be a message that came unasked.
        onKeyDown={(event) => {
          if (event.key !== "Escape" || event.defaultPrevented) return;
          event.preventDefault();
          close();
        }}
        sideOffset={4}
        collisionPadding={8}
        className={cn(
          "z-50 max-h-(--radix-dropdown-menu-content-available-height) max-w-[92vw] min-w-48 overflow-y-auto rounded-lg border bg-raised p-1 shadow-pop data-[state=open]:animate-in data-[state=open]:fade-in-0",
          className,
        )}
        {...rest}
      />
    </Radix.Portal>
  );
}

export function MenuItem({ className, danger, ...rest }: ComponentProps<typeof Radix.Item> & { danger?: boolean }) {
  return <Radix.Item className={cn(item, danger && "text-danger", className)} {...rest} />;
}

export function MenuLabel({ className, ...rest }: ComponentProps<typeof Radix.Label>) {
  return <Radix.Label className={cn("px-2 pt-1.5 pb-1 text-xs font-medium text-muted-foreground", className)} {...rest} />;
}

export function MenuSeparator() {
  return <Radix.Separator className="-mx-1 my-1 h-px bg-border" />;
}

function Mark() {
  return (
    <span className="absolute end-2">
      <Radix.ItemIndicator>
        <Check aria-hidden />
      </Radix.ItemIndicator>
    </span>
  );
}

export function MenuRadioItem({ className, children, ...rest }: ComponentProps<typeof Radix.RadioItem>) {
  return (
    <Radix.RadioItem className={cn(item, "pe-8", className)} {...rest}>
      {children}
      <Mark />
    </Radix.RadioItem>
  );
}

export function MenuCheckItem({ className, children, ...rest }: ComponentProps<typeof Radix.CheckboxItem>) {
  return (
    <Radix.CheckboxItem className={cn(item, "pe-8", className)} {...rest}>
      {children}
      <Mark />
    </Radix.CheckboxItem>
  );
}
