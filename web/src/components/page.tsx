import { useEffect, type ReactNode } from "react";
import { cn } from "@/lib/cn";

interface PageProps {
  title: string;
  /** Shown instead of the title when it needs more than text. */
  heading?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  width?: "narrow" | "normal" | "wide";
}

/** Title, actions and content of one page. */
export function Page({ title, heading, actions, children, width = "normal" }: PageProps) {
  useEffect(() => {
    document.title = `${title} · CloudManager`;
  }, [title]);
  return (
    <div className={cn("mx-auto flex w-full flex-col gap-4 p-4 sm:px-6 sm:py-5", width === "normal" && "max-w-6xl", width === "narrow" && "max-w-3xl")}>
      <header className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="min-w-0 flex-1 text-lg font-semibold tracking-tight">{heading ?? title}</h1>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
