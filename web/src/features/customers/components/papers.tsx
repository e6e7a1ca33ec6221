import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { sendFile } from "@/api/upload";
import { FileDrop } from "@/components/files/file-picker";
import { UploadList } from "@/components/files/upload-list";
import { useUploads } from "@/components/files/use-uploads";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/input";
import { Section } from "@/components/ui/section";
import { useLeaveGuard } from "@/lib/use-leave-guard";
import { useRemovePaper } from "../data/kyc";
import { PAPERS, useReread, type KycCase, type KycDocument, type KycRenewal } from "../data/queries";

const TYPES = ["application/pdf", "image/png", "image/jpeg", "image/webp"] as const;
const LARGEST = 10_000_000;

interface PapersProps {
  id: string;
  title: string;
  kyc: KycCase | KycRenewal;
  open: string | null;
  onOpen: (id: string | null) => void;
}

/** The papers that were given, those that are missing, and a place for more. */
export function Papers({ id, title, kyc, open, onOpen }: PapersProps) {
  const { t } = useTranslation();
  const remove = useRemovePaper(id);
  const [leaving, setLeaving] = useState<KycDocument | null>(null);
  const collects = kyc.steps.includes("collect");
  const name = (document: KycDocument | null) => t("identity.removePaper", { name: document ? t(`paper.${document.kind}`) : "" });
  return (
    <Section title={title}>
      <div className="grid gap-3 text-sm">
        {kyc.missing.length > 0 && (
          <div className="text-muted-foreground">
            <p>{t("identity.missing")}</p>
            <ul className="list-inside list-disc">
              {kyc.missing.map((line) => (
                <li key={line.join()}>{line.map((paper) => t(`paper.${paper}`)).join(` ${t("identity.or")} `)}</li>
              ))}
            </ul>
          </div>
        )}
        {kyc.documents.length > 0 && (
          <ul className="-mx-2 grid gap-0.5">
            {kyc.documents.map((document) => (
              <li key={document.id} className="flex items-center justify-between gap-2">
                <PaperButton document={document} open={open} onOpen={onOpen} />
                {collects && (
                  <Button variant="ghost" size="icon-sm" aria-label={name(document)} onClick={() => setLeaving(document)}>
                    <Trash2 aria-hidden />
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
        {collects && <NewPaper id={id} />}
      </div>
      <ConfirmDialog
        open={leaving !== null}
        title={name(leaving)}
        confirm={t("customer.remove")}
        danger
        busy={remove.isPending}
        onCancel={() => setLeaving(null)}
        onConfirm={() => leaving && remove.mutate(leaving.id, { onSettled: () => setLeaving(null) })}
      />
    </Section>
  );
}

/** Opens a paper beside the list, or closes it again. */
export function PaperButton({ document, open, onOpen }: { document: KycDocument; open: string | null; onOpen: (id: string | null) => void }) {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      aria-expanded={open === document.id}
      className="flex min-h-9 min-w-0 flex-1 flex-wrap items-center gap-x-2 rounded-md px-2 py-1.5 text-start hover:bg-sunken aria-expanded:bg-accent max-sm:min-h-11 dark:hover:bg-raised"
      onClick={() => onOpen(open === document.id ? null : document.id)}
    >
      <span className="font-medium">{t(`paper.${document.kind}`)}</span>
      <bdi className="min-w-0 truncate text-xs text-muted-foreground">{document.name}</bdi>
    </button>
  );
}

function NewPaper({ id }: { id: string }) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<string>(PAPERS[0]);
  const uploads = useUploads({
    accept: TYPES,
    largest: LARGEST,
    send: (file, progress, stop) => sendFile(`/api/v1/customers/${id}/kyc/documents`, { kind }, file, progress, stop),
    onSent: useReread(id),
  });
  useLeaveGuard(uploads.busy);
  return (
    <div className="grid gap-2 border-t pt-3">
      <Field label={t("identity.kindOfPaper")}>
        {(control) => (
          <Select {...control} value={kind} onChange={(event) => setKind(event.target.value)}>
            {PAPERS.map((paper) => (
              <option key={paper} value={paper}>
                {t(`paper.${paper}`)}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <FileDrop uploads={uploads} single>
        {t("identity.filesHint")}
      </FileDrop>
      <UploadList uploads={uploads} />
    </div>
  );
}
