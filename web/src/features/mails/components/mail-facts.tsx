import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { MailAddress, MailJourney } from "@/api/types";
import { Ltr, Mono } from "@/components/mono";
import { Time } from "@/components/time";
import { Alert } from "@/components/ui/alert";
import { Card } from "@/components/ui/card";
import { Fact, Facts } from "@/components/ui/facts";
import { CopyButton } from "@/components/ui/copy-button";
import { noteText } from "@/lib/note";
import { useFormat } from "@/lib/use-format";

export function MailFacts({ mail }: { mail: MailJourney }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      {mail.error && (
        <Alert tone="danger" title={t("mail.failed", { count: mail.attempts })}>
          <Mono>{mail.error}</Mono>
        </Alert>
      )}
      {mail.confusable && <Alert tone="warning" title={t("confusable.title")}>{t(`confusable.${mail.confusable}`)}</Alert>}
      {mail.reply_to_differs && <Alert tone="warning" title={t("mail.replyToDiffers")} />}
      {mail.warnings.length > 0 && (
        <Alert tone="warning" title={t("mail.warnings")}>
          <ul>
            {mail.warnings.map((warning, index) => (
              <li key={index}>
                <bdi className="break-words">{noteText(t, warning)}</bdi>
              </li>
            ))}
          </ul>
        </Alert>
      )}
      <Card className="p-4">
        <Facts className="lg:grid-cols-3">
          <Fact name={t("mail.from")}>
            {mail.from_name && (
              <span className="block">
                <bdi>{mail.from_name}</bdi>
              </span>
            )}
            {mail.from ? <Ltr className="break-all">{mail.from}</Ltr> : t("mail.noSender")}
          </Fact>
          <Fact name={t("mail.to")}>
            <Addresses list={mail.to} />
          </Fact>
          {mail.cc.length > 0 && (
            <Fact name={t("mail.cc")}>
              <Addresses list={mail.cc} />
            </Fact>
          )}
          {mail.reply_to.length > 0 && (
            <Fact name={t("mail.replyTo")}>
              <Addresses list={mail.reply_to} />
            </Fact>
          )}
          <Fact name={t("mail.received")}>
            <Time at={mail.received_at} full />
          </Fact>
          <Fact name={t("mail.size")}>{format.bytes(mail.size)}</Fact>
          {mail.ticket_id && (
            <Fact name={t("mail.ticket")}>
              <Link to={`/desk/tickets/${mail.ticket_id}`} className="text-primary underline">
                {t("mail.openTicket")}
              </Link>
            </Fact>
          )}
          <Fact name={t("mail.id")}>
            <span className="flex items-center gap-1">
              <Mono>{mail.id}</Mono>
              <CopyButton text={mail.id} label={t("common.copy")} />
            </span>
          </Fact>
        </Facts>
      </Card>
    </>
  );
}

function Addresses({ list }: { list: MailAddress[] }) {
  if (list.length === 0) return "—";
  return (
    <ul>
      {list.map(({ address, name }) => (
        <li key={address}>
          <Ltr className="break-all">{name ? `${name} <${address}>` : address}</Ltr>
        </li>
      ))}
    </ul>
  );
}
