import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { Download, Eye, FileText, Share2, Trash2, UserX } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { sendFile } from "@/api/upload";
import { download } from "@/components/download";
import { FileDrop } from "@/components/files/file-picker";
import { UploadList } from "@/components/files/upload-list";
import { useUploads } from "@/components/files/use-uploads";
import { lazyDialog } from "@/components/lazy-dialog";
import { DataList } from "@/components/list/data-list";
import { RowTitle } from "@/components/list/row-title";
import { Time } from "@/components/time";
import { toastError } from "@/components/toast-error";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Select } from "@/components/ui/input";
import { useDataTable } from "@/components/ui/use-data-table";
import { previewOf, type PreviewFile } from "@/features/previews/preview";
import { loadTexts } from "@/i18n";
import { useLeaveGuard } from "@/lib/use-leave-guard";
import { useDeleteDocument, useDocuments, useReread, useShareDocument, type CustomerDocument } from "../data/queries";

const CATEGORIES = ["contract", "identity", "fiscal", "correspondence", "other"] as const;
const NONE: CustomerDocument[] = [];

const DocumentPreview = lazyDialog(async () => {
  const [{ AttachmentPreview: dialog }] = await Promise.all([import("@/features/previews/attachment-preview"), loadTexts("previews")]);
  return dialog;
});

/** One document has no next one. */
const NOTHING = () => undefined;

/** What was taken in was looked at by then: there is no document that waits for a scanner. */
const asFile = ({ id, name, content_type, size }: CustomerDocument): PreviewFile => ({ id, name, content_type, size, state: "clean", reason: null });

const column = createColumnHelper<CustomerDocument>();

/** Documents of a customer; `manage` shares and deletes, `add` uploads. */
export function Documents({ id, add, manage }: { id: string; add: boolean; manage: boolean }) {
  const { t } = useTranslation();
  const documents = useDocuments(id);
  const { mutate: share } = useShareDocument(id);
  const remove = useDeleteDocument(id);
  const [leaving, setLeaving] = useState<CustomerDocument | null>(null);
  const [shown, setShown] = useState<CustomerDocument | null>(null);
  const [saving, setSaving] = useState<string | null>(null);
  const path = useCallback((file: { id: string }) => `/api/v1/customers/${id}/documents/${file.id}`, [id]);
  const close = useCallback(() => setShown(null), []);
  // The one alone: each look is on record, and none should come about by an arrow key.
  const files = useMemo(() => (shown ? [asFile(shown)] : []), [shown]);
  async function save(file: PreviewFile) {
    setSaving(file.id);
    await download(path(file), file.name).catch(toastError);
    setSaving(null);
  }
  const columns = useMemo(() => {
    const kind = (document: CustomerDocument) => <Badge>{t(`documentCategory.${document.category}`)}</Badge>;
    const actions = (document: CustomerDocument) => (
      <span className="flex justify-end gap-1">
        {manage && (
          <Button variant="ghost" size="icon-sm" aria-label={t(document.shared ? "customer.unshareOf" : "customer.shareOf", { name: document.name })} onClick={() => share(document)}>
            {document.shared ? <UserX aria-hidden /> : <Share2 aria-hidden />}
          </Button>
        )}
        {previewOf(asFile(document)).kind && (
          <Button variant="ghost" size="icon-sm" aria-haspopup="dialog" aria-label={t("customer.viewOf", { name: document.name })} onClick={() => setShown(document)}>
            <Eye aria-hidden />
          </Button>
        )}
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label={t("customer.downloadOf", { name: document.name })}
          onClick={() => void download(path(document), document.name).catch(toastError)}
        >
          <Download aria-hidden />
        </Button>
        {manage && (
          <Button variant="ghost" size="icon-sm" aria-label={t("customer.deleteDocument", { name: document.name })} onClick={() => setLeaving(document)}>
            <Trash2 aria-hidden />
          </Button>
        )}
      </span>
    );
    return [
      column.accessor("name", {
        header: t("customer.document"),
        cell: ({ row: { original: document } }) => (
          <RowTitle
            marks={manage && document.shared && <Badge tone="info">{t("customer.shared")}</Badge>}
            phone={
              <>
                {kind(document)}
                <Time at={document.created_at} />
                {document.uploaded_by && <bdi>{document.uploaded_by}</bdi>}
              </>
            }
          >
            {document.name}
          </RowTitle>
        ),
      }),
      column.accessor("category", { header: t("customer.category"), meta: { className: "hidden sm:table-cell w-40" }, cell: ({ row }) => kind(row.original) }),
      column.accessor("uploaded_by", {
        header: t("customer.uploadedBy"),
        meta: { className: "hidden lg:table-cell w-44" },
        cell: ({ getValue }) => <bdi className="text-muted-foreground">{getValue()}</bdi>,
      }),
      column.accessor("created_at", {
        header: t("customer.added"),
        meta: { className: "hidden sm:table-cell w-36" },
        cell: ({ getValue }) => <Time at={getValue()} className="text-muted-foreground" />,
      }),
      column.display({
        id: "actions",
        header: () => <span className="sr-only">{t("common.actions")}</span>,
        meta: { className: "w-40 text-end" },
        cell: ({ row }) => actions(row.original),
      }),
    ] as ColumnDef<CustomerDocument, never>[];
  }, [t, path, manage, share]);
  const table = useDataTable({ name: "documents", rows: documents.data ?? NONE, columns, rowId: (document) => document.id });
  return (
    <div className="grid gap-4">
      {add && <NewDocument id={id} />}
      <DataList table={table} query={documents} label={t("customer.documents")} nested empty={{ icon: FileText, title: t("customer.noDocuments") }} expected={3} />
      {shown && <DocumentPreview files={files} shown={shown.id} onShow={NOTHING} onSave={(file) => void save(file)} saving={saving} path={path} logged onClose={close} />}
      <ConfirmDialog
        open={leaving !== null}
        title={t("customer.deleteDocument", { name: leaving?.name ?? "" })}
        confirm={t("common.delete")}
        danger
        busy={remove.isPending}
        onCancel={() => setLeaving(null)}
        onConfirm={() => leaving && remove.mutate(leaving.id, { onSettled: () => setLeaving(null) })}
      />
    </div>
  );
}

function NewDocument({ id }: { id: string }) {
  const { t } = useTranslation();
  const [category, setCategory] = useState<string>("other");
  const uploads = useUploads({
    send: (file, progress, stop) => sendFile(`/api/v1/customers/${id}/documents`, { category }, file, progress, stop),
    onSent: useReread(id),
  });
  useLeaveGuard(uploads.busy);
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-stretch gap-2">
        <Select aria-label={t("customer.category")} className="h-auto w-auto max-sm:w-full" value={category} onChange={(event) => setCategory(event.target.value)}>
          {CATEGORIES.map((value) => (
            <option key={value} value={value}>
              {t(`documentCategory.${value}`)}
            </option>
          ))}
        </Select>
        <div className="min-w-0 grow">
          <FileDrop uploads={uploads} />
        </div>
      </div>
      <UploadList uploads={uploads} />
    </div>
  );
}
