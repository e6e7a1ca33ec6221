import { MailSearch } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { MAIL_CLASSES, MAIL_REASONS, MAIL_STATES, type MailState } from "@/api/types";
import { DataList } from "@/components/list/data-list";
import { FilterBar } from "@/components/list/filter-bar";
import { Views } from "@/components/list/views";
import { Page } from "@/components/page";
import { useDataTable } from "@/components/ui/use-data-table";
import { useUrlFilter } from "@/lib/url-filter";
import { mailColumns } from "./components/mail-columns";
import { MAIL_FILTER, useMails } from "./data/queries";

/** Mail that waits for somebody's decision. */
const UNDECIDED: MailState[] = ["quarantined", "dead"];

export function MailListPage() {
  const { t } = useTranslation();
  const list = useUrlFilter(MAIL_FILTER);
  const { query, rows } = useMails(list.filter);
  const columns = useMemo(() => mailColumns(t), [t]);
  const table = useDataTable({ name: "mails", rows, columns, rowId: (mail) => mail.id });
  return (
    <Page title={t("nav.mails")} width="wide">
      <Views
        name="mails"
        list={list}
        views={[
          { name: t("mail.views.all"), filter: {} },
          { name: t("mail.views.undecided"), filter: { state: UNDECIDED } },
          { name: t("mail.views.spam"), filter: { state: ["quarantined"], reason: "spam" } },
          { name: t("mail.views.bounces"), filter: { state: ["bounce"] } },
        ]}
      />
      <FilterBar
        list={list}
        search={{ key: "q", label: t("mail.search") }}
        facets={[
          { key: "state", many: true, label: t("mail.state"), options: MAIL_STATES.map((value) => ({ value, label: t(`mailState.${value}`) })) },
          { key: "class", label: t("mail.class"), any: t("mail.allClasses"), options: MAIL_CLASSES.map((value) => ({ value, label: t(`mailClass.${value}`) })) },
          { key: "reason", label: t("common.reason"), any: t("mail.allReasons"), options: MAIL_REASONS.map((value) => ({ value, label: t(`mailReason.${value}`) })) },
        ]}
        table={table}
      />
      <DataList
        table={table}
        query={query}
        filter={list}
        label={t("nav.mails")}
        empty={{ icon: MailSearch, title: t("mail.noneYet"), text: t("mail.noneYetText") }}
        href={(mail) => `/desk/mails/${mail.id}`}
      />
    </Page>
  );
}
