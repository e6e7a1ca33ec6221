import { ImageDown, ShieldCheck } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { TimelineMessage } from "@/api/types";
import { Button } from "@/components/ui/button";
import { useFetchPictures } from "../data/pictures";

interface RemotePicturesProps {
  message: TimelineMessage;
  /** Pictures that are left out and may be asked for. */
  blocked: number;
  /** Pictures that are there to be fetched and are never. */
  pixels: number;
}

/** Says which pictures of a mail are left out, and has them fetched when the reader wants them. */
export function RemotePictures({ message, blocked, pixels }: RemotePicturesProps) {
  const { t } = useTranslation();
  const { ask, busy, done } = useFetchPictures(message.id, message.pictures);
  const place = useRef<HTMLDivElement>(null);
  const asked = useRef(false);
  const press = () => {
    asked.current = true;
    ask();
  };
  // The button that had the focus goes with the question.
  useEffect(() => {
    if (!done || !asked.current) return;
    asked.current = false;
    place.current?.focus();
  }, [done]);
  const any = message.pictures?.items.some(({ state }) => state === "fetched");
  const Icon = done ? ShieldCheck : ImageDown;
  return (
    <div ref={place} tabIndex={-1} className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg bg-sunken px-3 py-2 text-xs text-muted-foreground">
      <Icon aria-hidden className="size-4 shrink-0" />
      <div role="status" className="min-w-0 flex-1 basis-56">
        {done ? (
          <p>{t(any ? "pictures.here" : "pictures.none")}</p>
        ) : (
          blocked > 0 && (
            <p>
              {t("mailHtml.imagesBlocked", { count: blocked })} {t(busy ? "pictures.busy" : "pictures.how")}
            </p>
          )
        )}
        {done && blocked > 0 && <p>{t("pictures.more", { count: blocked })}</p>}
        {pixels > 0 && <p>{t("pictures.pixels", { count: pixels })}</p>}
      </div>
      {!done && blocked > 0 && (
        <Button size="sm" busy={busy} onClick={press}>
          {t("pictures.show")}
        </Button>
      )}
    </div>
  );
}
