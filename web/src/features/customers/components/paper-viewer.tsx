import { Download } from "lucide-react";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { download } from "@/components/download";
import { ErrorState } from "@/components/error-state";
import { toastError } from "@/components/toast-error";
import { Button } from "@/components/ui/button";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { loadTexts } from "@/i18n";
import { usePaper, usePicture } from "../data/kyc";
import type { KycDocument } from "../data/queries";

// The reader of PDF files is larger than all pages together; only whoever opens one fetches it.
const PdfView = lazy(async () => (await Promise.all([import("@/components/pdf/pdf-view"), loadTexts("previews")]))[0]);

/** One paper, opened beside what is decided about it. Every look at it is logged. */
export function PaperViewer({ id, document }: { id: string; document: KycDocument }) {
  const { t } = useTranslation();
  const path = `/api/v1/customers/${id}/kyc/documents/${document.id}`;
  const save = (
    <Button size="sm" onClick={() => void download(path, document.name).catch(toastError)}>
      <Download aria-hidden />
      {t("customer.download")}
    </Button>
  );
  const name = t(`paper.${document.kind}`);
  return (
    <div className="lg:sticky lg:top-16">
      <Section title={name} actions={save}>
        {document.content_type.startsWith("image/") ? <Picture path={path} name={name} /> : <Pdf path={path} name={name} />}
      </Section>
    </div>
  );
}

function Picture({ path, name }: { path: string; name: string }) {
  const picture = usePicture(path);
  if (picture.data) return <img src={picture.data} alt={name} className="max-h-[75vh] w-full rounded object-contain" />;
  if (picture.isError) return <ErrorState error={picture.error} onRetry={() => void picture.refetch()} />;
  return <Skeleton className="h-80" />;
}

function Pdf({ path, name }: { path: string; name: string }) {
  const paper = usePaper(path);
  if (paper.isError) return <ErrorState error={paper.error} onRetry={() => void paper.refetch()} />;
  if (!paper.data) return <Skeleton className="h-80" />;
  return (
    <Suspense fallback={<Skeleton className="h-80" />}>
      <PdfView bytes={paper.data} name={name} />
    </Suspense>
  );
}
