import { BookOpen } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { explain } from "@/api/problem";
import type { HelpEntry } from "@/api/types";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { useSettled } from "@/lib/use-settled";
import { useSolved, useSuggestions } from "../data";
import { Reading } from "./reading";

interface SuggestionsProps {
  subject: string;
  body: string;
  /** An article spared the ticket: it is not written any more. */
  onSolved: () => void;
}

/** Articles about what is being written. They open over it; it is lost only when somebody says that it is not needed. */
export function Suggestions({ subject, body, onSolved }: SuggestionsProps) {
  const { t } = useTranslation();
  const [settledSubject, settledBody] = JSON.parse(useSettled(JSON.stringify([subject, body]), 700)) as [string, string];
  const query = useSuggestions(settledSubject, settledBody);
  const [open, setOpen] = useState<HelpEntry | null>(null);
  const solved = useSolved();
  const found = query.data ?? [];
  const failure = solved.error ? explain(t, solved.error) : null;
  return (
    <div aria-live="polite">
      {found.length > 0 && (
        <section aria-label={t("help.suggest")} className="grid gap-2 rounded-lg border bg-sunken/40 p-3">
          <h2 className="flex items-center gap-2 text-sm font-semibold">
            <BookOpen aria-hidden className="size-4" />
            {t("help.suggest")}
          </h2>
          <p className="text-xs text-muted-foreground">{t("help.suggestText")}</p>
          <ul className="grid gap-1.5">
            {found.map((entry) => (
              <li key={entry.slug} lang={entry.locale} className="grid gap-0.5">
                <Button variant="link" size="text" className="min-h-7 justify-self-start text-start whitespace-normal max-sm:min-h-11" onClick={() => setOpen(entry)}>
                  <bdi>{entry.title}</bdi>
                </Button>
                <span dir="auto" className="text-xs text-muted-foreground">
                  {entry.summary}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {open && (
        <Reading
          entry={open}
          close={t("help.close")}
          onClose={() => {
            setOpen(null);
            solved.reset();
          }}
        >
          {failure && <Alert tone="danger" title={failure.title} live />}
          <Button
            variant="primary"
            busy={solved.isPending}
            onClick={() =>
              solved.mutate(open.slug, {
                onSuccess: () => {
                  toast({ tone: "success", title: t("help.solvedToast") });
                  setOpen(null);
                  onSolved();
                },
              })
            }
          >
            {t("help.solved")}
          </Button>
        </Reading>
      )}
    </div>
  );
}
