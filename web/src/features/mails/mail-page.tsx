import { Download } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import type { MailJourney } from "@/api/types";
import { download } from "@/components/download";
import { ErrorState } from "@/components/error-state";
import { Page } from "@/components/page";
import { MailStateBadge } from "./components/mail-state-badge";
import { toastError } from "@/components/toast-error";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { MailContent } from "./components/mail-content";
import { MailFacts } from "./components/mail-facts";
import { MailDecision } from "./components/mail-decision";
import { MailSteps } from "./components/mail-steps";
import { useMail } from "./data/queries";

/** What became of one mail and why. */
export function MailPage() {
  const { id = "" } = useParams();
  const mail = useMail(id);
  if (mail.isPending) {
    return (
      <div aria-busy className="grid w-full max-w-6xl gap-4 p-4 sm:px-6 sm:py-5">
        <Skeleton className="h-6 w-96 max-w-full" />
        <Skeleton className="h-40" />
        <Skeleton className="h-64" />
      </div>
    );
  }
  if (!mail.data) return <ErrorState page list="/desk/mails" error={mail.error} onRetry={() => void mail.refetch()} />;
  return <Loaded mail={mail.data} />;
}

function Loaded({ mail }: { mail: MailJourney }) {
  const { t } = useTranslation();
  const [saving, setSaving] = useState(false);
  async function raw() {
    setSaving(true);
    await download(`/api/v1/mails/${mail.id}/raw`, `${mail.id}.eml`).catch(toastError);
    setSaving(false);
  }
  const subject = mail.subject || t("common.noSubject");
  return (
    <Page
      title={subject}
      back={{ to: "/desk/mails", label: t("mail.back") }}
      actions={
        <>
          <MailStateBadge state={mail.state} />
          {mail.raw_kept && (
            <Button onClick={() => void raw()} busy={saving}>
              <Download aria-hidden />
              {t("mail.raw")}
            </Button>
          )}
          <MailDecision mail={mail} />
        </>
      }
    >
      <MailFacts mail={mail} />
      <Tabs defaultValue="journey">
        <TabsList aria-label={t("mail.parts")}>
          <TabsTrigger value="journey">{t("mail.journey")}</TabsTrigger>
          <TabsTrigger value="content">{t("mail.content")}</TabsTrigger>
        </TabsList>
        <TabsContent value="journey">
          <MailSteps mail={mail} />
        </TabsContent>
        <TabsContent value="content">
          <MailContent mail={mail} />
        </TabsContent>
      </Tabs>
    </Page>
  );
}
