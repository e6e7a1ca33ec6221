import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, Download, FileX2, ShieldAlert } from "lucide-react";
import { useEffect, useRef, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { fetchBlob, fetchHead } from "@/api/client";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { Spinner } from "@/components/ui/spinner";
import { dataUrl } from "@/lib/data-url";
import { useDirection } from "@/lib/use-direction";
import { useFormat } from "@/lib/use-format";
import { useLoaded } from "@/lib/use-loaded";
import { MOST_TEXT, previewOf, textOf, turn, type Preview, type PreviewFile } from "./preview";
import { PicturePreview } from "./picture-preview";

// The reader of PDF files is larger than all pages together; only whoever opens one fetches it.
const loadPdf = async () => (await import("@/components/pdf/pdf-view")).default;

interface AttachmentPreviewProps {
  /** The files of one message, or whatever is looked at one after the other. */
  files: readonly PreviewFile[];
  /** The one on screen, by its id. */
  shown: string;
  onShow: (id: string) => void;
  onSave: (file: PreviewFile) => void;
  /** The file that is being saved. */
  saving: string | null;
  /** Where a file is read; those of messages unless given. It must stay the same. */
  path?: (file: PreviewFile) => string;
  /** Every look is on record: nothing is kept that could be looked at again without one. */
  logged?: boolean;
  onClose: () => void;
}

/** A file of a message as it looks, or why it is not shown; the arrow keys lead through the message's files. */
export function AttachmentPreview({ files, shown, onShow, onSave, saving, path = ofMessage, logged, onClose }: AttachmentPreviewProps) {
  const { t } = useTranslation();
  const direction = useDirection();
  const body = useRef<HTMLDivElement>(null);
  const at = files.findIndex(({ id }) => id === shown);
  const file = files[at];

  const go = (key: "ArrowLeft" | "ArrowRight", way: "ltr" | "rtl") => {
    const next = files[turn(key, at, files.length, way) ?? at];
    if (next) onShow(next.id);
  };
  const press = useRef(go);
  useEffect(() => {
    press.current = go;
  });
  useEffect(() => {
    // On the document: the focus may be on any button of the dialog, its own among them.
    function onKey(event: KeyboardEvent) {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || !(event.target instanceof Element)) return;
      // A dialog above this one has its keys for itself, and so has what can be moved sideways. What had the focus may have gone with its file.
      const here = event.target === document.body || body.current?.closest("[role=dialog]")?.contains(event.target);
      if (!here || event.target.closest("[data-sideways]")) return;
      event.preventDefault();
      press.current(event.key, direction);
    }
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [direction]);

  // It may have gone while somebody looked at it.
  const gone = file === undefined;
  useEffect(() => {
    if (gone) onClose();
  }, [gone, onClose]);
  if (gone) return null;
  const preview = previewOf(file);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={<bdi className="break-all">{file.name}</bdi>}
      className="top-[4dvh] max-h-[92dvh] max-w-5xl"
      footer={
        <>
          {files.length > 1 && (
            <div className="me-auto flex items-center gap-1">
              <Button variant="ghost" size="icon" aria-label={t("filePreview.previous")} onClick={() => go("ArrowLeft", "ltr")}>
                <ChevronLeft aria-hidden className="flip-rtl" />
              </Button>
              <p role="status" className="tabular text-sm text-muted-foreground">
                {t("filePreview.place", { n: at + 1, all: files.length })}
              </p>
              <Button variant="ghost" size="icon" aria-label={t("filePreview.next")} onClick={() => go("ArrowRight", "ltr")}>
                <ChevronRight aria-hidden className="flip-rtl" />
              </Button>
            </div>
          )}
          {file.state === "clean" && (
            <Button onClick={() => onSave(file)} busy={saving === file.id}>
              {saving !== file.id && <Download aria-hidden />}
              {t("filePreview.download")}
            </Button>
          )}
        </>
      }
    >
      {/* The focus is here first: a press of Enter that comes twice neither saves nor closes anything. */}
      <div ref={body} data-autofocus tabIndex={-1} role="group" aria-label={file.name} className="outline-none">
        <Content key={file.id} file={file} preview={preview} from={{ path: path(file), kept: logged ? 0 : KEPT_MS }} />
      </div>
    </Dialog>
  );
}

/** Where a file is read, and how long it is kept once nobody looks at it, in milliseconds. */
interface From {
  path: string;
  kept: number;
}

interface ShownProps {
  file: PreviewFile;
  from: From;
}

function Content({ file, preview, from }: ShownProps & { preview: Preview }) {
  if (preview.kind === undefined) return <Refusal why={preview.why} found={preview.found} />;
  if (preview.kind === "image") return <Picture file={file} from={from} />;
  if (preview.kind === "pdf") return <Pdf file={file} from={from} />;
  return <Text file={file} from={from} />;
}

function Refusal({ why, found }: Extract<Preview, { kind?: undefined }>) {
  const { t } = useTranslation();
  const unsafe = why === "infected" || why === "blocked" || why === "unchecked";
  return (
    <Empty icon={unsafe ? ShieldAlert : FileX2} title={t(`filePreview.why.${why}`)}>
      {why === "checking" && <Spinner className="mx-auto mb-2 block size-5" />}
      {why === "infected" ? t("filePreview.found", { found }) : t(`filePreview.hint.${why}`)}
    </Empty>
  );
}

/** It is forgotten soon, for it may be large. */
const KEPT_MS = 60_000;
/** What was fetched once is the file: nothing under its id ever changes. */
const fetched = ({ kept }: From) => ({ staleTime: "static", gcTime: kept }) as const;
const ofMessage = (file: PreviewFile) => `/api/v1/attachments/${file.id}`;

interface Asked<T> {
  data: T | undefined;
  error: unknown;
  isError: boolean;
  refetch: () => unknown;
}

function Fetched<T>({ asked, children }: { asked: Asked<T>; children: (data: T) => ReactNode }) {
  if (asked.data !== undefined) return children(asked.data);
  if (asked.isError) return <ErrorState error={asked.error} onRetry={() => void asked.refetch()} />;
  return (
    <div aria-busy>
      <Skeleton className="h-80" />
    </div>
  );
}

function Picture({ file, from }: ShownProps) {
  const asked = useQuery({
    ...fetched(from),
    queryKey: ["file", from.path, "picture"],
    // Data, not blob: the policy of the page allows no other source of pictures.
    queryFn: async ({ signal }) => dataUrl(await fetchBlob(from.path, signal)),
  });
  return <Fetched asked={asked}>{(source) => <PicturePreview source={source} name={file.name} />}</Fetched>;
}

function Pdf({ file, from }: ShownProps) {
  const asked = useQuery({
    ...fetched(from),
    queryKey: ["file", from.path, "bytes"],
    queryFn: async ({ signal }) => new Uint8Array(await (await fetchBlob(from.path, signal)).arrayBuffer()),
  });
  const { loaded: PdfView, error, retry } = useLoaded(loadPdf);
  if (error) return <ErrorState error={error} onRetry={retry} />;
  return (
    <Fetched asked={asked}>
      {(bytes) =>
        PdfView ? (
          <PdfView bytes={bytes} name={file.name} className="max-h-[70dvh]" />
        ) : (
          <div aria-busy>
            <Skeleton className="h-80" />
          </div>
        )
      }
    </Fetched>
  );
}

function Text({ file, from }: ShownProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const asked = useQuery({
    ...fetched(from),
    queryKey: ["file", from.path, "text"],
    queryFn: async ({ signal }) => {
      const { bytes, cut } = await fetchHead(from.path, MOST_TEXT, signal);
      return { text: textOf(bytes, cut), cut };
    },
  });
  return (
    <Fetched asked={asked}>
      {({ text, cut }) => (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
          {cut && <Alert tone="info" title={t("filePreview.cut", { size: format.bytes(MOST_TEXT) })} />}
          <pre
            dir="auto"
            tabIndex={0}
            role="group"
            aria-label={t("filePreview.content", { name: file.name })}
            className="max-h-[70dvh] overflow-y-auto rounded-md border bg-sunken p-3 font-mono text-xs leading-relaxed break-words whitespace-pre-wrap"
          >
            {text}
          </pre>
        </div>
      )}
    </Fetched>
  );
}
