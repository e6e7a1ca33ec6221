import { createColumnHelper, type ColumnDef } from "@tanstack/react-table";
import type { TFunction } from "i18next";
import type { MailSummary } from "@/api/types";
import { Clip } from "@/components/clip";
import { RowTitle } from "@/components/list/row-title";
import { Ltr } from "@/components/mono";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { MailStateBadge } from "./mail-state-badge";

const column = createColumnHelper<MailSummary>();

export function mailColumns(t: TFunction): ColumnDef<MailSummary, never>[] {
  const reason = (mail: MailSummary) => mail.reason && <span className="text-warning">{t(`mailReason.${mail.reason}`)}</span>;
  return [
    column.accessor("state", {
      header: t("mail.state"),
      meta: { name: t("mail.state"), className: "hidden sm:table-cell w-36" },
      cell: ({ getValue }) => <MailStateBadge state={getValue()} />,
    }),
    column.accessor("subject", {
      header: t("mail.subject"),
      cell: ({ row: { original: mail } }) => (
        <RowTitle
          to={`/desk/mails/${mail.id}`}
          sub={reason(mail)}
          phone={
            <>
              <MailStateBadge state={mail.state} />
              <Ltr className="min-w-0 flex-1 truncate">{mail.from ?? t("mail.noSender")}</Ltr>
              <Time at={mail.received_at} className="shrink-0" />
              {reason(mail)}
            </>
          }
        >
          {mail.subject || t("common.noSubject")}
        </RowTitle>
      ),
    }),
    column.accessor("from", {
      header: t("mail.from"),
      meta: { name: t("mail.from"), className: "hidden md:table-cell w-56" },
      cell: ({ row: { original: mail } }) => <Clip title={mail.from ?? undefined}>{mail.from_name || mail.from || t("mail.noSender")}</Clip>,
    }),
    column.accessor("mailbox", {
      header: t("mail.mailbox"),
      meta: { name: t("mail.mailbox"), className: "hidden xl:table-cell w-56" },
      cell: ({ getValue }) => <Clip>{getValue()}</Clip>,
    }),
    column.accessor("class", {
      header: t("mail.class"),
      meta: { name: t("mail.class"), className: "hidden lg:table-cell w-40" },
      cell: ({ row: { original: mail } }) => mail.class && mail.class !== "human" && <Badge>{t(`mailClass.${mail.class}`)}</Badge>,
    }),
    column.accessor((mail) => mail.ticket?.number, {
      id: "ticket",
      header: t("mail.ticket"),
      meta: { name: t("mail.ticket"), className: "hidden sm:table-cell w-24" },
      cell: ({ getValue }) => getValue() && <Ltr className="tabular text-muted-foreground">#{getValue()}</Ltr>,
    }),
    column.accessor("received_at", {
      header: t("mail.received"),
      meta: { name: t("mail.received"), className: "hidden sm:table-cell w-32" },
      cell: ({ getValue }) => <Time at={getValue()} className="block truncate text-muted-foreground" />,
    }),
  ] as ColumnDef<MailSummary, never>[];
}
