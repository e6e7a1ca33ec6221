import { getDocument, GlobalWorkerOptions, type PDFDocumentProxy } from "pdfjs-dist";
import workerUrl from "pdfjs-dist/build/pdf.worker.min.mjs?url";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Alert } from "@/components/ui/alert";
import { Skeleton } from "@/components/ui/skeleton";
import { cn } from "@/lib/cn";
import { trustedWorker } from "@/lib/csp";

/** Pages drawn; whoever needs more of a paper downloads it. */
const MOST = 20;
/** Pixels a page is drawn wide, so that small print can be read. */
const WIDTH = 1400;

// One worker for all papers that are opened, from the first on.
GlobalWorkerOptions.workerPort = new Worker(trustedWorker(workerUrl), { type: "module" });

/** A PDF drawn page by page. Nothing in it runs: neither its scripts nor its forms nor its links are asked for. */
export default function PdfView({ bytes, name, className }: { bytes: Uint8Array; name: string; className?: string }) {
  const { t } = useTranslation();
  const [file, setFile] = useState<PDFDocumentProxy | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    // The worker takes the bytes away with it; the page may still need them.
    const task = getDocument({ data: bytes.slice(), isEvalSupported: false, enableXfa: false, useWasm: false, useSystemFonts: true });
    let gone = false;
    task.promise.then(
      (opened) => !gone && setFile(opened),
      () => !gone && setFailed(true),
    );
    return () => {
      gone = true;
      void task.destroy();
    };
  }, [bytes]);
  if (failed) return <Alert tone="warning" title={t("pdf.unreadable")} />;
  if (!file) return <Skeleton className="h-80" />;
  const count = Math.min(file.numPages, MOST);
  return (
    <div className={cn("grid max-h-[75vh] gap-3 overflow-y-auto", className)} tabIndex={0} role="group" aria-label={name}>
      {Array.from({ length: count }, (_, at) => (
        <Page key={at} file={file} number={at + 1} label={t("pdf.page", { name, page: at + 1, pages: file.numPages })} />
      ))}
      {file.numPages > count && <p className="text-sm text-muted-foreground">{t("pdf.more", { shown: count, pages: file.numPages })}</p>}
    </div>
  );
}

function Page({ file, number, label }: { file: PDFDocumentProxy; number: number; label: string }) {
  const { t } = useTranslation();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [state, setState] = useState<"drawing" | "drawn" | "failed">("drawing");
  useEffect(() => {
    let stop = () => {};
    let gone = false;
    async function draw() {
      const page = await file.getPage(number);
      if (gone || !canvas.current) return;
      const viewport = page.getViewport({ scale: WIDTH / page.getViewport({ scale: 1 }).width });
      canvas.current.width = viewport.width;
      canvas.current.height = viewport.height;
      const task = page.render({ canvas: canvas.current, viewport });
      stop = () => task.cancel();
      await task.promise;
      setState("drawn");
    }
    draw().catch(() => !gone && setState("failed"));
    return () => {
      gone = true;
      stop();
    };
  }, [file, number]);
  if (state === "failed") return <Alert tone="warning" title={t("pdf.unreadable")} />;
  return <canvas ref={canvas} role="img" aria-label={label} data-drawn={state === "drawn"} className="h-auto w-full rounded border bg-white" />;
}
