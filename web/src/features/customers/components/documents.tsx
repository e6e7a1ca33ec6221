import { Download, FileText, Trash2, Upload } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { explain, fieldErrors } from "@/api/problem";
import { download } from "@/components/download";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { ListSkeleton } from "@/components/list-skeleton";
import { Time } from "@/components/time";
import { toastError } from "@/components/toast-error";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Select } from "@/components/ui/input";
import { useAddDocument, useDeleteDocument, useDocuments, useShareDocument, type CustomerDocument } from "../data/queries";

const CATEGORIES = ["contract", "identity", "fiscal", "correspondence", "other"] as const;

/** Documents of a customer; `manage` shares and deletes, `add` uploads. */
export function Documents({ id, add, manage }: { id: string; add: boolean; manage: boolean }) {
  const { t } = useTranslation();
  const documents = useDocuments(id);
  const share = useShareDocument(id);
  const remove = useDeleteDocument(id);
  const [leaving, setLeaving] = useState<CustomerDocument | null>(null);
  if (documents.isPending) return <ListSkeleton />;
  if (documents.isError) return <ErrorState error={documents.error} onRetry={() => void documents.refetch()} />;
  return (
    <div className="grid gap-4">
      {add && <NewDocument id={id} />}
      {documents.data.length === 0 && <Empty icon={FileText} title={t("customer.noDocuments")} />}
      <ul className="grid gap-2">
        {documents.data.map((document) => (
          <li key={document.id}>
            <Card className="flex flex-wrap items-center justify-between gap-2 p-3 text-sm">
              <div className="min-w-0">
                <p className="flex flex-wrap items-center gap-1.5 font-medium">
                  <bdi className="break-all">{document.name}</bdi>
                  <Badge>{t(`documentCategory.${document.category}`)}</Badge>
                  {manage && document.shared && <Badge tone="info">{t("customer.shared")}</Badge>}
                </p>
                <p className="text-xs text-muted-foreground">
                  {document.uploaded_by && (
                    <>
                      <bdi>{document.uploaded_by}</bdi>
                      {" · "}
                    </>
                  )}
                  <Time at={document.created_at} />
                </p>
              </div>
              <div className="flex flex-wrap gap-1.5">
                <Button onClick={() => void download(`/api/v1/customers/${id}/documents/${document.id}`, document.name).catch(toastError)}>
                  <Download aria-hidden />
                  {t("customer.download")}
                </Button>
                {manage && <Button onClick={() => share.mutate(document)}>{t(document.shared ? "customer.unshare" : "customer.share")}</Button>}
                {manage && (
                  <Button variant="ghost" size="icon-sm" aria-label={t("customer.deleteDocument", { name: document.name })} onClick={() => setLeaving(document)}>
                    <Trash2 aria-hidden />
                  </Button>
                )}
              </div>
            </Card>
          </li>
        ))}
      </ul>
      <ConfirmDialog
        open={leaving !== null}
        title={t("customer.deleteDocument", { name: leaving?.name ?? "" })}
        confirm={t("common.delete")}
        danger
        busy={remove.isPending}
        onCancel={() => setLeaving(null)}
        onConfirm={() => leaving && remove.mutate(leaving.id, { onSuccess: () => setLeaving(null) })}
      />
    </div>
  );
}

function NewDocument({ id }: { id: string }) {
  const { t } = useTranslation();
  const add = useAddDocument(id);
  const [category, setCategory] = useState("other");
  return (
    <FilePicker
      label={t("customer.addDocument")}
      error={add.error}
      busy={add.isPending}
      onFile={(file) => add.mutate({ file, category })}
    >
      <Select aria-label={t("customer.category")} className="w-auto" value={category} onChange={(event) => setCategory(event.target.value)}>
        {CATEGORIES.map((value) => (
          <option key={value} value={value}>
            {t(`documentCategory.${value}`)}
          </option>
        ))}
      </Select>
    </FilePicker>
  );
}

interface FilePickerProps {
  label: string;
  accept?: string;
  error: unknown;
  busy: boolean;
  onFile: (file: File) => void;
  children?: React.ReactNode;
}

/** Chooses a file and says in the reader's words why the server did not take it. */
export function FilePicker({ label, accept, error, busy, onFile, children }: FilePickerProps) {
  const { t, i18n } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const field = error ? Object.values(fieldErrors((name) => i18n.exists(name), error))[0] : undefined;
  const failure = error ? explain(t, error) : null;
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap gap-2">
        {children}
        <input
          ref={input}
          type="file"
          accept={accept}
          className="sr-only"
          tabIndex={-1}
          aria-hidden
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file) onFile(file);
            event.target.value = "";
          }}
        />
        <Button variant="primary" busy={busy} onClick={() => input.current?.click()}>
          <Upload aria-hidden />
          {label}
        </Button>
      </div>
      {failure && (
        <Alert tone="danger" title={field ? t(field) : failure.title} live>
          {field ? null : failure.action}
        </Alert>
      )}
    </div>
  );
}
