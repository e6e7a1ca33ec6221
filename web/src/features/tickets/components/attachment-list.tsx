import { Download, FileImage, FileText, Paperclip, ShieldAlert } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { fetchBlob } from "@/api/client";
import type { Attachment } from "@/api/types";
import { download } from "@/components/download";
import { toastError } from "@/components/toast-error";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Spinner } from "@/components/ui/spinner";
import { useFormat } from "@/lib/use-format";

const PREVIEWED = /^image\/(png|jpeg|gif|webp)$/;

export function AttachmentList({ attachments }: { attachments: Attachment[] }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState<Attachment | null>(null);
  return (
    <>
      <ul aria-label={t("common.attachments")} className="flex flex-wrap gap-2">
        {attachments.map((attachment) => (
          <li key={attachment.id} className="max-w-full">
            <AttachmentChip attachment={attachment} onPreview={() => setShown(attachment)} />
          </li>
        ))}
      </ul>
      <Dialog open={shown !== null} onOpenChange={(open) => !open && setShown(null)} title={<bdi>{shown?.name}</bdi>} className="max-w-3xl">
        {shown && <Preview attachment={shown} />}
      </Dialog>
    </>
  );
}

function AttachmentChip({ attachment, onPreview }: { attachment: Attachment; onPreview: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [busy, setBusy] = useState(false);
  const { name, size, state, id } = attachment;
  if (state !== "clean") {
    return (
      <span className="inline-flex items-center gap-2 rounded-md border border-dashed px-2.5 py-1.5 text-xs text-muted-foreground">
        {state === "checking" ? <Spinner className="size-4" /> : <ShieldAlert aria-hidden className="size-4 text-danger" />}
        <bdi className={state === "checking" ? undefined : "line-through"}>{name}</bdi> {t(`attachmentState.${state}`)}
      </span>
    );
  }
  const image = PREVIEWED.test(attachment.content_type);
  const Icon = image ? FileImage : attachment.content_type.startsWith("text/") || attachment.content_type === "application/pdf" ? FileText : Paperclip;
  async function save() {
    setBusy(true);
    await download(`/api/v1/attachments/${id}`, name).catch(toastError);
    setBusy(false);
  }
  return (
    <span className="inline-flex max-w-full items-center rounded-md border bg-background text-xs">
      <button
        type="button"
        onClick={image ? onPreview : () => void save()}
        className="inline-flex min-h-8 min-w-0 items-center gap-2 rounded-md px-2.5 hover:bg-sunken dark:hover:bg-raised"
      >
        <Icon aria-hidden className="size-4 shrink-0 text-muted-foreground" />
        <bdi className="truncate font-medium">{name}</bdi>
        <span className="shrink-0 text-muted-foreground">{format.bytes(size)}</span>
      </button>
      <Button variant="ghost" size="icon-sm" aria-label={t("ticket.download", { name })} onClick={() => void save()} busy={busy}>
        {!busy && <Download aria-hidden />}
      </Button>
    </span>
  );
}

function Preview({ attachment }: { attachment: Attachment }) {
  const [source, setSource] = useState<string | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    fetchBlob(`/api/v1/attachments/${attachment.id}`, stop.signal)
      .then((blob) => {
        // Data, not blob: the policy of the page allows no other source of pictures.
        const reader = new FileReader();
        reader.onload = () => setSource(reader.result as string);
        reader.readAsDataURL(blob);
      })
      .catch((error: unknown) => !stop.signal.aborted && toastError(error));
    return () => stop.abort();
  }, [attachment.id]);
  if (!source) return <Spinner className="mx-auto my-16 size-6" />;
  return <img src={source} alt={attachment.name} className="mx-auto max-h-[64dvh] object-contain" />;
}
