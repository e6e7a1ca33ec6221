import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

const TONES = {
  info: { Icon: Info, style: "bg-info-soft text-info" },
  warning: { Icon: TriangleAlert, style: "bg-warning-soft text-warning" },
  danger: { Icon: CircleAlert, style: "bg-danger-soft text-danger" },
};

interface AlertProps {
  tone: keyof typeof TONES;
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  /** Read out at once; only for something that has just happened. */
  live?: boolean;
  className?: string;
}

export function Alert({ tone, title, children, actions, live, className }: AlertProps) {
  const { Icon, style } = TONES[tone];
  return (
    <div role={live ? "alert" : undefined} className={cn("flex gap-2.5 rounded-lg p-3 text-sm", style, className)}>
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{title}</p>
        {children && <div className="mt-0.5 text-foreground">{children}</div>}
        {actions && <div className="mt-2.5 flex flex-wrap gap-2">{actions}</div>}
      </div>
    </div>
  );
}
