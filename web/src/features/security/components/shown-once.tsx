import { Check, Copy, Download, Printer } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { saveFile } from "@/components/download";
import { Ltr } from "@/components/mono";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { useUser } from "@/features/shell/use-user";

interface ShownOnceProps {
  title: string;
  warning: string;
  /** What is copied, printed and saved. */
  text: string;
  /** Given when it makes sense as a file and on paper. */
  file?: string;
  children: ReactNode;
  onKept: () => void;
}

/** A secret that the server tells this once: it stays on screen until somebody says that he has it. */
export function ShownOnce({ title, warning, text, file, children, onKept }: ShownOnceProps) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  return (
    <Dialog
      open
      modal="must-answer"
      title={title}
      className="max-w-md print:inset-0 print:max-w-none print:border-0 print:shadow-none"
      footer={
        <Button variant="primary" onClick={onKept} className="print:hidden">
          {t("safety.kept")}
        </Button>
      }
    >
      <div data-printed className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <Alert tone="warning" title={warning} />
        {children}
        <div className="flex flex-wrap gap-2 print:hidden">
          <Button data-autofocus onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}>
            {copied ? <Check aria-hidden className="text-success" /> : <Copy aria-hidden />}
            {t(copied ? "common.copied" : "common.copy")}
          </Button>
          {file && (
            <>
              <Button onClick={() => saveFile(new Blob([`${text}\n`], { type: "text/plain" }), file)}>
                <Download aria-hidden />
                {t("safety.download")}
              </Button>
              <Button onClick={() => window.print()}>
                <Printer aria-hidden />
                {t("safety.print")}
              </Button>
            </>
          )}
        </div>
      </div>
    </Dialog>
  );
}

export function BackupCodes({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const { t } = useTranslation();
  const { email } = useUser();
  return (
    <ShownOnce title={t("safety.backupCodes")} warning={t("safety.backupCodesOnce")} text={codes.join("\n")} file="cloudmanager-backup-codes.txt" onKept={onKept}>
      <p className="text-sm text-muted-foreground">{t("safety.backupCodesText")}</p>
      <p className="hidden text-sm print:block">
        <Ltr>CloudManager · {email}</Ltr>
      </p>
      <ul aria-label={t("safety.backupCodes")} dir="ltr" className="grid gap-x-4 gap-y-1.5 rounded-md border bg-sunken p-3 font-mono text-sm sm:grid-cols-2">
        {codes.map((code) => (
          <li key={code} className="select-all">
            <bdi>{code}</bdi>
          </li>
        ))}
      </ul>
    </ShownOnce>
  );
}
