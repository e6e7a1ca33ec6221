import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { MailJourney } from "@/api/types";
import { AttachmentList } from "@/components/files/attachment-list";
import { MailHtml } from "@/components/mail-html";
import { Mono } from "@/components/mono";
import { Card } from "@/components/ui/card";
import { ToggleGroup, ToggleItem } from "@/components/ui/toggle-group";

export function MailContent({ mail }: { mail: MailJourney }) {
  const { t } = useTranslation();
  const [view, setView] = useState(mail.html ? "html" : "text");
  return (
    <Card className="grid grid-cols-[minmax(0,1fr)] gap-4 p-4">
      {mail.html && mail.text && (
        <ToggleGroup type="single" value={view} onValueChange={(value) => value && setView(value)} aria-label={t("mail.view")} className="w-fit">
          <ToggleItem value="html">{t("mail.formatted")}</ToggleItem>
          <ToggleItem value="text">{t("mail.text")}</ToggleItem>
        </ToggleGroup>
      )}
      {view === "html" && mail.html ? (
        <MailHtml html={mail.html} title={t("mail.content")} />
      ) : (
        <div dir="auto" className="text-sm leading-relaxed break-words whitespace-pre-wrap">
          {mail.text || t("mail.noText")}
        </div>
      )}
      {mail.attachments.length > 0 && (
        <div className="border-t pt-3">
          <AttachmentList
            attachments={mail.attachments}
            facts={(file) => (
              <span className="flex min-w-0 flex-wrap items-center gap-x-3 text-xs text-muted-foreground">
                <bdi dir="ltr">{file.content_type}</bdi>
                <Mono>{file.sha256.slice(0, 16)}…</Mono>
              </span>
            )}
          />
        </div>
      )}
    </Card>
  );
}
