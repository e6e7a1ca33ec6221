import { ArrowLeft } from "lucide-react";
import { useEffect, type ReactNode } from "react";
import { Link } from "react-router";
import { cn } from "@/lib/cn";
import { Button } from "./ui/button";

interface PageProps {
  /** Names the page in the tab and, unless `heading` is given, on the page. */
  title: string;
  /** Shown instead of the title when it needs more than text. */
  heading?: ReactNode;
  /** One line under the title: what the page is for. */
  description?: ReactNode;
  /** Where the page hangs below; its arrow stands before the title. */
  back?: { to: string; label: string };
  actions?: ReactNode;
  children: ReactNode;
  width?: "narrow" | "normal" | "wide";
  /** It stands beside a list, which is the page: the tab keeps the list's name, and the heading is below the list's. */
  beside?: boolean;
}

const WIDTHS = { narrow: "max-w-3xl", normal: "max-w-6xl", wide: "max-w-[110rem]" };

/** Title, actions and content of one page. All pages begin at the same line, whatever their width. */
export function Page({ title, heading, description, back, actions, children, width = "normal", beside = false }: PageProps) {
  const Title = beside ? "h2" : "h1";
  useEffect(() => {
    if (!beside) document.title = `${title} · CloudManager`;
  }, [title, beside]);
  return (
    <div className={cn("flex w-full flex-col gap-4 p-4", !beside && "sm:px-6 sm:py-5", WIDTHS[width])}>
      <header className="flex flex-wrap items-start gap-x-4 gap-y-2.5">
        <div className="flex min-w-0 grow basis-60 items-start gap-1.5">
          {back && (
            <Button asChild variant="ghost" size="icon-sm" className="-ms-2 mt-px">
              <Link to={back.to} aria-label={back.label}>
                <ArrowLeft aria-hidden className="flip-rtl" />
              </Link>
            </Button>
          )}
          <div className="min-w-0">
            <Title className="text-lg leading-snug font-semibold tracking-tight">{heading ?? <bdi>{title}</bdi>}</Title>
            {description && <p className="mt-0.5 text-sm text-muted-foreground">{description}</p>}
          </div>
        </div>
        {actions && <div className="flex min-h-8 flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
