import { Maximize, ZoomIn, ZoomOut } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import { useFormat } from "@/lib/use-format";

/** As large as the window allows, and so many times larger. */
const ZOOMS = [1, 1.5, 2, 3, 4, 6, 8];

/** A picture, whole or a part of it from near. */
export function PicturePreview({ source, name }: { source: string; name: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const image = useRef<HTMLImageElement>(null);
  const [failed, setFailed] = useState(false);
  // How wide the whole picture stood before it was enlarged, in pixels.
  const [{ step, whole }, set] = useState({ step: 0, whole: 0 });
  if (failed) return <Alert tone="warning" title={t("filePreview.unreadable")} />;
  const zoomed = step > 0;
  const zoom = (next: number) => {
    const bounded = Math.max(0, Math.min(ZOOMS.length - 1, next));
    set((before) => ({ step: bounded, whole: before.step === 0 ? (image.current?.clientWidth ?? 0) : before.whole }));
  };
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <div role="group" aria-label={t("filePreview.size")} className="flex items-center gap-1">
        <Button variant="ghost" size="icon" aria-label={t("filePreview.smaller")} aria-disabled={!zoomed} onClick={() => zoom(step - 1)}>
          <ZoomOut aria-hidden />
        </Button>
        <p role="status" className="tabular min-w-14 text-center text-sm text-muted-foreground">
          <bdi dir="ltr">×{format.number(ZOOMS[step]!, 1)}</bdi>
        </p>
        <Button variant="ghost" size="icon" aria-label={t("filePreview.larger")} aria-disabled={step === ZOOMS.length - 1} onClick={() => zoom(step + 1)}>
          <ZoomIn aria-hidden />
        </Button>
        <Button variant="ghost" size="icon" aria-label={t("filePreview.whole")} aria-disabled={!zoomed} onClick={() => zoom(0)}>
          <Maximize aria-hidden />
        </Button>
      </div>
      <div
        {...(zoomed && { tabIndex: 0, role: "group", "aria-label": name, "data-sideways": true })}
        className={cn("flex rounded-md bg-sunken", zoomed ? "h-[66dvh] overflow-auto" : "max-h-[66dvh] min-h-24")}
      >
        <img
          ref={image}
          src={source}
          alt={name}
          onError={() => setFailed(true)}
          onClick={() => zoom(zoomed ? 0 : 2)}
          style={zoomed ? { width: whole * ZOOMS[step]! } : undefined}
          className={cn("m-auto", zoomed ? "max-w-none cursor-zoom-out" : "max-h-[66dvh] cursor-zoom-in object-contain")}
        />
      </div>
    </div>
  );
}
