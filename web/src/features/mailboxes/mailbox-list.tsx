import { Mailbox as MailboxIcon, Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Mailbox } from "@/api/types";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { Ltr, Mono } from "@/components/mono";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { useMay } from "@/features/shell/use-user";
import { useMailboxes } from "./data/queries";

export function MailboxListPage() {
  const { t } = useTranslation();
  const mailboxes = useMailboxes();
  const edit = useMay("mailboxes.edit");
  const create = edit && (
    <Button asChild variant="primary">
      <Link to="/admin/mailboxes/new">
        <Plus aria-hidden />
        {t("mailbox.new")}
      </Link>
    </Button>
  );
  const items = mailboxes.data?.items ?? [];
  return (
    <Page title={t("nav.mailboxes")} actions={create}>
      {mailboxes.isPending ? (
        <div aria-busy className="grid gap-3">
          <Skeleton className="h-24" />
          <Skeleton className="h-24" />
        </div>
      ) : mailboxes.isError ? (
        <ErrorState error={mailboxes.error} onRetry={() => void mailboxes.refetch()} />
      ) : items.length === 0 ? (
        <Card>
          <Empty icon={MailboxIcon} title={t("mailbox.noneYet")} action={create}>
            {t("mailbox.noneYetText")}
          </Empty>
        </Card>
      ) : (
        <ul className="grid gap-3">
          {items.map((mailbox) => (
            <li key={mailbox.id}>
              <MailboxCard mailbox={mailbox} edit={edit} />
            </li>
          ))}
        </ul>
      )}
    </Page>
  );
}

function MailboxCard({ mailbox, edit }: { mailbox: Mailbox; edit: boolean }) {
  const { t } = useTranslation();
  return (
    <Card className="grid gap-3 p-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <div className="min-w-0 flex-1 basis-56">
          <h2 className="flex flex-wrap items-center gap-2 font-medium">
            <bdi>{mailbox.name}</bdi>
            <Badge tone={mailbox.enabled ? "success" : "neutral"}>{t(mailbox.enabled ? "mailbox.on" : "mailbox.off")}</Badge>
            <Badge>{t(`mailboxKind.${mailbox.kind}`)}</Badge>
          </h2>
          <p className="text-sm text-muted-foreground">
            <Ltr className="break-all">{mailbox.address}</Ltr>
            {mailbox.last_polled_at && (
              <>
                {" · "}
                {t("mailbox.polled")} <Time at={mailbox.last_polled_at} />
              </>
            )}
          </p>
        </div>
        {edit && (
          <Button asChild>
            <Link to={`/admin/mailboxes/${mailbox.id}`}>{t("common.edit")}</Link>
          </Button>
        )}
      </div>
      {mailbox.last_error && (
        <p className="text-sm text-danger">
          {t("mailbox.lastError")} <Mono>{mailbox.last_error}</Mono>
        </p>
      )}
    </Card>
  );
}
