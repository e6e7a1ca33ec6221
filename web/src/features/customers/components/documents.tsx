import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import { Download, FileText, Share2, Trash2, UserX } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { sendFile } from "@/api/upload";
import { download } from "@/components/download";
import { FileDrop } from "@/components/files/file-picker";
import { UploadList } from "@/components/files/upload-list";
import { useUploads } from "@/components/files/use-uploads";
import { DataList } from "@/components/list/data-list";
import { RowTitle } from "@/components/list/row-title";
import { Time } from "@/components/time";
import { toastError } from "@/components/toast-error";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Select } from "@/components/ui/input";
import { useDataTable } from "@/components/ui/use-data-table";
import { useLeaveGuard } from "@/lib/use-leave-guard";
import { useDeleteDocument, useDocuments, useReread, useShareDocument, type CustomerDocument } from "../data/queries";

const CATEGORIES = ["contract", "identity", "fiscal", "correspondence", "other"] as const;
const NONE: CustomerDocument[] = [];
const column = createColumnHelper<CustomerDocument>();

/** Documents of a customer; `manage` shares and deletes, `add` uploads. */
export function Documents({ id, add, manage }: { id: string; add: boolean; manage: boolean }) {
  const { t } = useTranslation();
  const documents = useDocuments(id);
  const { mutate: share } = useShareDocument(id);
  const remove = useDeleteDocument(id);
  const [leaving, setLeaving] = useState<CustomerDocument | null>(null);
  const columns = useMemo(() => {
    const kind = (document: CustomerDocument) => <Badge>{t(`documentCategory.${document.category}`)}</Badge>;
    const actions = (document: CustomerDocument) => (
      <span className="flex justify-end gap-1">
        {manage && (
          <Button variant="ghost" size="icon-sm" aria-label={t(document.shared ? "customer.unshareOf" : "customer.shareOf", { name: document.name })} onClick={() => share(document)}>
            {document.shared ? <UserX aria-hidden /> : <Share2 aria-hidden />}
          </Button>
        )}
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label={t("customer.downloadOf", { name: document.name })}
          onClick={() => void download(`/api/v1/customers/${id}/documents/${document.id}`, document.name).catch(toastError)}
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
        meta: { className: "w-32 text-end" },
        cell: ({ row }) => actions(row.original),
      }),
    ] as ColumnDef<CustomerDocument, never>[];
  }, [t, id, manage, share]);
  const table = useDataTable({ name: "documents", rows: documents.data ?? NONE, columns, rowId: (document) => document.id });
  return (
    <div className="grid gap-4">
      {add && <NewDocument id={id} />}
      <DataList table={table} query={documents} label={t("customer.documents")} nested empty={{ icon: FileText, title: t("customer.noDocuments") }} expected={3} />
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
