import { Paperclip, X } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { explain } from "@/api/problem";
import { Button } from "@/components/ui/button";
import { Progress } from "@/components/ui/progress";
import { useFormat } from "@/lib/use-format";
import type { PendingFile } from "./use-attachments";

export function AttachButton({ onFiles, label }: { onFiles: (files: File[]) => void; label?: boolean }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          // The same file may be chosen again after it was removed.
          event.target.value = "";
        }}
      />
      <Button
        variant={label ? "secondary" : "ghost"}
        size={label ? "md" : "icon"}
        aria-label={t("ticket.attach")}
        onClick={() => input.current?.click()}
      >
        <Paperclip aria-hidden />
        {label && t("ticket.attach")}
      </Button>
    </>
  );
}

export function PendingFiles({ files, onRemove }: { files: PendingFile[]; onRemove: (key: number) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (files.length === 0) return null;
  return (
    <ul aria-label={t("ticket.attachments")} className="grid gap-1.5">
      {files.map(({ key, name, size, percent, id, error }) => (
        <li key={key} className="grid gap-1 rounded-md border bg-background px-2.5 py-1 text-xs" data-upload={error ? "failed" : id ? "done" : "running"}>
          <span className="flex items-center gap-2">
            <Paperclip aria-hidden className="size-3.5 shrink-0 text-muted-foreground" />
            <bdi className="min-w-0 flex-1 truncate font-medium">{name}</bdi>
            <span className="text-muted-foreground">{format.bytes(size)}</span>
            <Button variant="ghost" size="icon-sm" aria-label={t("ticket.removeFile", { name })} onClick={() => onRemove(key)}>
              <X aria-hidden />
            </Button>
          </span>
          {!id && !error && <Progress value={percent} label={t("ticket.uploading", { name })} />}
          {error !== undefined && (
            <span role="alert" className="text-danger">
              {explain(t, error).title}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
