import { Paperclip, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { asApiError, explain } from "@/api/problem";
import { Button } from "@/components/ui/button";
import { Progress } from "@/components/ui/progress";
import { useFormat } from "@/lib/use-format";
import type { Uploads } from "./use-uploads";

/** Files on their way or there already, each with its progress, what is wrong with it, and, unless they are `fixed`, a way to take it out. */
export function UploadList({ uploads: { files, remove }, fixed }: { uploads: Uploads; fixed?: boolean }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  if (files.length === 0) return null;
  // What is wrong with a file is named like what is wrong with a field.
  const reason = (error: unknown) => (i18n.exists(`field.${asApiError(error).code}`) ? t(`field.${asApiError(error).code}`) : explain(t, error).title);
  return (
    <ul aria-label={t("common.attachments")} className="grid grid-cols-[minmax(0,1fr)] gap-1.5">
      {files.map(({ key, name, size, percent, id, error }) => (
        <li key={key} className="grid grid-cols-[minmax(0,1fr)] gap-1 rounded-md border bg-background px-2.5 py-1 text-xs" data-upload={error ? "failed" : id ? "done" : "running"}>
          <span className="flex items-center gap-2">
            <Paperclip aria-hidden className="size-3.5 shrink-0 text-muted-foreground" />
            <bdi className="min-w-0 flex-1 truncate font-medium">{name}</bdi>
            <span className="text-muted-foreground">{format.bytes(size)}</span>
            <Button variant="ghost" size="icon-sm" aria-label={t("files.remove", { name })} disabled={fixed} onClick={() => remove(key)}>
              <X aria-hidden />
            </Button>
          </span>
          {!id && !error && <Progress value={percent} label={t("files.uploading", { name })} />}
          {error !== undefined && (
            <span role="alert" className="text-danger">
              {reason(error)}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
