import { ImagePlus } from "lucide-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { sendFile } from "@/api/upload";
import type { ArticleImage, KnowledgeArticle } from "@/api/types";
import { FileButton } from "@/components/files/file-picker";
import { UploadList } from "@/components/files/upload-list";
import { useUploads } from "@/components/files/use-uploads";
import { Button } from "@/components/ui/button";
import { Section } from "@/components/ui/section";
import { toast } from "@/components/ui/toast";
import { useFormat } from "@/lib/use-format";
import { useLeaveGuard } from "@/lib/use-leave-guard";

const KINDS = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/** The pictures of an article, to be put into its text. */
export function Pictures({ article, onInsert }: { article?: KnowledgeArticle; onInsert: (image: ArticleImage) => void }) {
  const { t } = useTranslation();
  return (
    <Section title={t("knowledge.images")}>
      <div className="grid gap-3">
        <p className="text-sm text-muted-foreground">{t(article ? "knowledge.imagesText" : "knowledge.imagesLater")}</p>
        {article && <Present article={article} onInsert={onInsert} />}
      </div>
    </Section>
  );
}

function Present({ article, onInsert }: { article: KnowledgeArticle; onInsert: (image: ArticleImage) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const uploads = useUploads({
    accept: KINDS,
    largest: 5 * 1024 * 1024,
    send: (file, progress, stop) => sendFile(`/api/v1/knowledge/articles/${article.id}/images`, {}, file, progress, stop),
    onSent: () => {
      toast({ tone: "success", title: t("knowledge.imageAdded") });
      return queries.invalidateQueries({ queryKey: ["knowledge", "article", article.id] });
    },
  });
  useLeaveGuard(uploads.busy);
  return (
    <>
      {article.images.length > 0 && (
        <ul className="grid gap-1">
          {article.images.map((image) => (
            <li key={image.id} className="flex flex-wrap items-center gap-x-3 text-sm">
              <Button size="sm" onClick={() => onInsert(image)}>
                {t("knowledge.insertImage", { name: image.name })}
              </Button>
              <span className="text-xs text-muted-foreground">{format.bytes(image.size)}</span>
            </li>
          ))}
        </ul>
      )}
      <UploadList uploads={uploads} />
      <FileButton uploads={uploads} className="w-fit">
        <ImagePlus aria-hidden />
        {t("knowledge.addImage")}
      </FileButton>
    </>
  );
}
