import { Download, FileImage, FileText, Paperclip, ShieldAlert } from "lucide-react";
import { useCallback, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Attachment } from "@/api/types";
import { download } from "@/components/download";
import { lazyDialog } from "@/components/lazy-dialog";
import { toastError } from "@/components/toast-error";
import { Button } from "@/components/ui/button";
import { Spinner } from "@/components/ui/spinner";
import { previewOf } from "@/features/previews/preview";
import { loadTexts } from "@/i18n";
import { useFormat } from "@/lib/use-format";

const AttachmentPreview = lazyDialog(async () => {
  const [{ AttachmentPreview: dialog }] = await Promise.all([import("@/features/previews/attachment-preview"), loadTexts("previews")]);
  return dialog;
});

interface AttachmentListProps {
  attachments: Attachment[];
  /** What is said of each beside it; then each stands on a line of its own. */
  facts?: (file: Attachment) => ReactNode;
}

/** The files of a message: each opens in place, and is saved by a button of its own. */
export function AttachmentList({ attachments, facts }: AttachmentListProps) {
  const { t } = useTranslation();
  const [shown, setShown] = useState<string | null>(null);
  const [saving, setSaving] = useState<string | null>(null);
  const close = useCallback(() => setShown(null), []);
  async function save({ id, name }: Pick<Attachment, "id" | "name">) {
    setSaving(id);
    await download(`/api/v1/attachments/${id}`, name).catch(toastError);
    setSaving(null);
  }
  return (
    <>
      <ul aria-label={t("common.attachments")} className={facts ? "grid grid-cols-[minmax(0,1fr)] gap-2" : "flex flex-wrap gap-2"}>
        {attachments.map((file) => (
          <li key={file.id} className={facts ? "flex max-w-full flex-wrap items-center gap-x-3 gap-y-1" : "max-w-full"}>
            <AttachmentChip file={file} busy={saving === file.id} onOpen={() => setShown(file.id)} onSave={() => void save(file)} />
            {facts?.(file)}
          </li>
        ))}
      </ul>
      {shown && <AttachmentPreview files={attachments} shown={shown} onShow={setShown} onSave={(file) => void save(file)} saving={saving} onClose={close} />}
    </>
  );
}

const ICONS = { image: FileImage, pdf: FileText, text: FileText };

interface AttachmentChipProps {
  file: Attachment;
  busy: boolean;
  onOpen: () => void;
  onSave: () => void;
}

function AttachmentChip({ file, busy, onOpen, onSave }: AttachmentChipProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { name, size, state } = file;
  if (state !== "clean") {
    return (
      <button
        type="button"
        aria-haspopup="dialog"
        onClick={onOpen}
        className="inline-flex min-h-8 max-w-full items-center gap-2 rounded-md border border-dashed px-2.5 py-1.5 text-start text-xs text-muted-foreground hover:bg-sunken dark:hover:bg-raised"
      >
        {state === "checking" ? <Spinner className="size-4" /> : <ShieldAlert aria-hidden className="size-4 text-danger" />}
        <bdi className={state === "checking" ? undefined : "line-through"}>{name}</bdi> {t(`attachmentState.${state}`)}
      </button>
    );
  }
  const { kind } = previewOf(file);
  const Icon = kind ? ICONS[kind] : Paperclip;
  return (
    <span className="inline-flex max-w-full items-center rounded-md border bg-background text-xs">
      <button
        type="button"
        aria-haspopup="dialog"
        onClick={onOpen}
        className="inline-flex min-h-8 min-w-0 items-center gap-2 rounded-md px-2.5 hover:bg-sunken dark:hover:bg-raised"
      >
        <Icon aria-hidden className="size-4 shrink-0 text-muted-foreground" />
        <bdi className="truncate font-medium">{name}</bdi>
        <span className="shrink-0 text-muted-foreground">{format.bytes(size)}</span>
      </button>
      <Button variant="ghost" size="icon-sm" aria-label={t("common.downloadFile", { name })} onClick={onSave} busy={busy}>
        {!busy && <Download aria-hidden />}
      </Button>
    </span>
  );
}
