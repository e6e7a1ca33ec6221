import { Paperclip, Upload } from "lucide-react";
import { useRef, useState, type DragEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button, type ButtonProps } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import type { Uploads } from "./use-uploads";

interface PickerProps {
  uploads: Uploads;
  /** Only one file is wanted. */
  single?: boolean;
}

/** Opens the file dialog of the system. */
export function FileButton({ uploads, single, children, ...rest }: PickerProps & Omit<ButtonProps, "onClick">) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple={!single}
        accept={uploads.accept?.join(",")}
        hidden
        onChange={(event) => {
          uploads.add([...(event.target.files ?? [])]);
          // The same file may be chosen again after it was removed.
          event.target.value = "";
        }}
      />
      <Button aria-label={children ? undefined : t("files.attach")} {...rest} onClick={() => input.current?.click()}>
        {children ?? <Paperclip aria-hidden />}
      </Button>
    </>
  );
}

/** What makes any element take files that are dropped on it; while `closed` it takes none. */
export function dropTarget(uploads: Uploads, closed = false) {
  return {
    onDragOver: (event: DragEvent) => event.preventDefault(),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      if (!closed) uploads.add([...event.dataTransfer.files]);
    },
  };
}

/** A place to drop files on, or to choose them from; `children` says which ones. */
export function FileDrop({ uploads, single, children }: PickerProps & { children?: ReactNode }) {
  const { t } = useTranslation();
  const [over, setOver] = useState(false);
  const { onDragOver, onDrop } = dropTarget(uploads);
  return (
    <div
      onDragOver={(event) => {
        onDragOver(event);
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        onDrop(event);
        setOver(false);
      }}
      className={cn("flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg border border-dashed border-input px-4 py-3 text-sm", over && "border-primary bg-accent")}
    >
      <FileButton uploads={uploads} single={single} size="sm">
        <Upload aria-hidden />
        {t(single ? "files.chooseOne" : "files.choose")}
      </FileButton>
      <span className="min-w-0 flex-1 basis-40 text-xs text-muted-foreground">{children ?? t("files.dropHint")}</span>
    </div>
  );
}
