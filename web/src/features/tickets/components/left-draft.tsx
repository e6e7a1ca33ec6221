import { useTranslation } from "react-i18next";
import { UploadList } from "@/components/files/upload-list";
import { Button } from "@/components/ui/button";
import { Textarea } from "@/components/ui/input";
import { toast } from "@/components/ui/toast";
import { isNoDraft, NO_DRAFT } from "../data/drafts";
import type { Writing } from "../data/use-writing";

/** What somebody began to write where nothing can be sent any more: he still reads it, and throws it away if he may. */
export function LeftDraft({ writing: { draft, change, attachments, keeping }, mayDiscard }: { writing: Writing; mayDiscard: boolean }) {
  const { t } = useTranslation();
  if (isNoDraft(draft)) return null;
  const discard = () => {
    // The button goes with what it throws away.
    document.getElementById("content")?.focus();
    attachments.clear();
    change((now) => ({ ...now, ...NO_DRAFT }));
    toast({ tone: "success", title: t("composer.discarded"), undo: () => keeping.restore(draft) });
  };
  return (
    <>
      {draft.text.trim() !== "" && <Textarea readOnly dir="auto" aria-label={t("composer.left")} value={draft.text} className="field-sizing-content max-h-96" />}
      <UploadList uploads={attachments} fixed />
      <div className="flex flex-wrap items-center gap-2">
        <p className="min-w-0 flex-1 text-xs text-muted-foreground">{t("composer.left")}</p>
        {mayDiscard && !keeping.conflict && <Button onClick={discard}>{t("composer.discard")}</Button>}
      </div>
    </>
  );
}
