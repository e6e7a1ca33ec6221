import { useQuery } from "@tanstack/react-query";
import { Bold, Code, Italic, Link2, List, ListOrdered, TextQuote, type LucideIcon } from "lucide-react";
import { Toolbar } from "radix-ui";
import { useId, type KeyboardEvent, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import { ErrorState } from "@/components/error-state";
import { MailHtml } from "@/components/mail-html";
import { Mentioned, type Person } from "@/components/mentions/mentioned";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { cn } from "@/lib/cn";
import { change, KEYS, type Change } from "./edit";

const ICONS: Record<Change, LucideIcon> = { bold: Bold, italic: Italic, link: Link2, bullets: List, numbers: ListOrdered, quote: TextQuote, code: Code };
const CHANGES = Object.keys(ICONS) as Change[];

interface WritingToolsProps {
  /** The field in which somebody writes, and its id. */
  box: RefObject<HTMLTextAreaElement | null>;
  id: string;
  text: string;
  /** What is written is looked at. */
  looking: boolean;
  onLook: (looking: boolean) => void;
  disabled: boolean;
  /** Whom it mentions: they stand out in what it will look like, the writer himself the most. */
  people?: readonly Person[];
  me?: string;
}

const NOBODY: readonly Person[] = [];

/** Formats what is written in a field, and shows what it will look like. */
export function WritingTools({ box, id, text, looking, onLook, disabled, people = NOBODY, me }: WritingToolsProps) {
  const { t } = useTranslation();
  const own = useId();
  const panel = `${own}-panel`;
  const tab = (look: boolean) => ({
    id: `${own}-${look ? "look" : "write"}`,
    role: "tab",
    "aria-selected": looking === look,
    "aria-controls": looking === look ? (look ? panel : id) : undefined,
    tabIndex: looking === look ? 0 : -1,
    onClick: () => onLook(look),
    onKeyDown: (event: KeyboardEvent<HTMLButtonElement>) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      event.preventDefault();
      // There are two: either arrow goes to the other.
      onLook(!look);
      document.getElementById(`${own}-${look ? "write" : "look"}`)?.focus();
    },
    className: cn("text-muted-foreground", looking === look && "bg-sunken text-foreground dark:bg-raised"),
  });
  return (
    <>
      <div className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1">
        <div role="tablist" aria-label={t("writing.tabs")} className="flex gap-1">
          <Button size="sm" variant="ghost" {...tab(false)}>
            {t("writing.write")}
          </Button>
          <Button size="sm" variant="ghost" {...tab(true)}>
            {t("writing.preview")}
          </Button>
        </div>
        {!looking && (
          <Toolbar.Root aria-label={t("writing.tools")} aria-controls={id} className="flex flex-wrap gap-0.5">
            {CHANGES.map((what) => {
              const Icon = ICONS[what];
              const key = KEYS[what];
              const name = t(`writing.${what}`);
              return (
                <Toolbar.Button key={what} asChild>
                  <Button
                    variant="ghost"
                    size="icon-sm"
                    className="max-sm:size-10"
                    aria-label={name}
                    aria-keyshortcuts={key && `Control+${key} Meta+${key}`}
                    title={key ? `${name} (\u2066Ctrl+${key}\u2069)` : name}
                    disabled={disabled}
                    onClick={() => box.current && change(box.current, what)}
                  >
                    <Icon aria-hidden />
                  </Button>
                </Toolbar.Button>
              );
            })}
          </Toolbar.Root>
        )}
      </div>
      {looking && (
        <div id={panel} role="tabpanel" tabIndex={0} aria-labelledby={`${own}-look`} className="min-h-24 rounded-md border bg-surface px-3 py-2">
          <Preview text={text.trim()} people={people} me={me} />
        </div>
      )}
    </>
  );
}

/** What others will see: the server makes it as it makes what is sent. */
function Preview({ text, people, me }: { text: string; people: readonly Person[]; me: string | undefined }) {
  const { t } = useTranslation();
  const preview = useQuery({
    queryKey: ["writing", "preview", text],
    enabled: text !== "",
    staleTime: Infinity,
    gcTime: 60_000,
    queryFn: ({ signal }) => call(api.POST("/api/v1/messages/preview", { body: { body: text }, signal })),
  });
  if (text === "") return <p className="text-sm text-muted-foreground">{t("writing.nothing")}</p>;
  if (preview.isPending) return <Skeleton className="h-16" />;
  if (!preview.data) return <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />;
  if (preview.data.html) return <MailHtml html={preview.data.html} title={t("writing.preview")} people={people} me={me} />;
  return (
    <div dir="auto" className="text-sm leading-relaxed break-words whitespace-pre-wrap">
      <Mentioned text={preview.data.text} people={people} me={me} />
    </div>
  );
}
