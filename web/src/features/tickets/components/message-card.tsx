import { Bot, Lock, MailSearch, ShieldAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Ticket, TimelineMessage } from "@/api/types";
import { AttachmentList } from "@/components/files/attachment-list";
import { Ltr } from "@/components/mono";
import { Time } from "@/components/time";
import { Alert } from "@/components/ui/alert";
import { Avatar } from "@/components/ui/avatar";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Tooltip } from "@/components/ui/tooltip";
import { cn } from "@/lib/cn";
import { DeliveryList } from "./delivery-list";
import { HeldBar } from "./held-bar";
import { MessageBody } from "./message-body";
import { ViewList } from "./view-list";

interface MessageCardProps {
  message: TimelineMessage;
  ticket: Ticket;
  staff: boolean;
  /** New to the reader. */
  fresh?: boolean;
}

export function MessageCard({ message, ticket, staff, fresh = false }: MessageCardProps) {
  const { t } = useTranslation();
  const note = message.kind === "note";
  const system = message.kind === "system";
  const name = message.author.name || message.author.email || t("event.system");
  return (
    <article
      aria-label={t("ticket.messageBy", { name })}
      data-kind={message.kind}
      className={cn("rounded-lg border bg-surface", note && "border-note-border bg-note", message.held && "border-warning")}
    >
      {message.held && staff && <HeldBar ticketId={ticket.id} messageId={message.id} />}
      <header className="flex flex-wrap items-center gap-x-2.5 gap-y-1 px-4 pt-3">
        {system ? <Bot aria-hidden className="size-7 p-1 text-muted-foreground" /> : <Avatar name={name} />}
        <div className="min-w-0 flex-1 leading-tight">
          <span className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
            <bdi className="text-sm font-medium">{name}</bdi>
            {message.is_staff && !note && !system && <Badge tone="accent">{t("ticket.staff")}</Badge>}
            {fresh && <Badge tone="info">{t("ticket.fresh")}</Badge>}
            {note && (
              <Badge tone="warning">
                <Lock aria-hidden />
                {t("ticket.note")}
              </Badge>
            )}
            {staff && !message.verified && (
              <Badge tone="danger">
                <ShieldAlert aria-hidden />
                {t("ticket.unverified")}
              </Badge>
            )}
          </span>
          {staff && message.author.email && !message.is_staff && (
            <Ltr className="text-xs text-muted-foreground">{message.author.email}</Ltr>
          )}
        </div>
        {staff && message.mail_id && (
          <Tooltip text={t("ticket.showMail")}>
            <Button asChild variant="ghost" size="icon-sm">
              <Link to={`/desk/mails/${message.mail_id}`} aria-label={t("ticket.showMail")}>
                <MailSearch aria-hidden />
              </Link>
            </Button>
          </Tooltip>
        )}
        {staff && message.origin && (
          <Link to={`/desk/tickets/${message.origin.ticket_id}`} className="inline-flex min-h-[24px] items-center text-xs text-muted-foreground hover:underline">
            {t("relation.origin", { number: message.origin.number })}
          </Link>
        )}
        <Time at={message.at} className="text-xs text-muted-foreground" />
      </header>
      <div className="grid gap-3 px-4 pt-2 pb-4">
        {staff && message.confusable && (
          <Alert tone="warning" title={t("confusable.title")}>
            {t(`confusable.${message.confusable}`)}
          </Alert>
        )}
        <MessageBody message={message} author={name} />
        {message.attachments.length > 0 && <AttachmentList attachments={message.attachments} />}
        {staff && message.deliveries.length > 0 && <DeliveryList deliveries={message.deliveries} />}
        {message.views.length > 0 && <ViewList views={message.views} />}
      </div>
    </article>
  );
}
