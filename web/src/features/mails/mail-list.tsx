import { ArrowRight, MailSearch, SearchX } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { MAIL_STATES, type MailSummary } from "@/api/types";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { Ltr } from "@/components/mono";
import { Page } from "@/components/page";
import { MailStateBadge } from "@/components/state-badges";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Select } from "@/components/ui/input";
import { SearchField } from "@/components/search-field";
import { ListSkeleton } from "@/components/list-skeleton";
import { useListKeys } from "@/lib/use-list-keys";
import { useMails } from "./data/queries";

/** What needs somebody's decision comes first, whatever its age. */
const URGENT = new Set(["quarantined", "dead"]);

export function MailListPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const filter = { state: search.get("state") ?? "", q: search.get("q") ?? "" };
  const mails = useMails(filter);
  const list = useRef<HTMLUListElement>(null);
  useListKeys(list);
  const rows = mails.data?.pages.flatMap((page) => page.items) ?? [];
  const attention = rows.filter((mail) => URGENT.has(mail.state));
  const rest = rows.filter((mail) => !URGENT.has(mail.state));
  const filtered = filter.state !== "" || filter.q !== "";

  function change(part: Partial<typeof filter>) {
    const next = { ...filter, ...part };
    const params = new URLSearchParams();
    if (next.state) params.set("state", next.state);
    if (next.q) params.set("q", next.q);
    setSearch(params, { replace: "q" in part });
  }

  return (
    <Page title={t("nav.mails")} width="wide">
      <div className="flex flex-wrap gap-2">
        <SearchField label={t("mail.search")} value={filter.q} onChange={(q) => change({ q })} />
        <Select aria-label={t("mail.state")} value={filter.state} onChange={(event) => change({ state: event.target.value })} className="w-auto">
          <option value="">{t("mail.allStates")}</option>
          {MAIL_STATES.map((state) => (
            <option key={state} value={state}>
              {t(`mailState.${state}`)}
            </option>
          ))}
        </Select>
      </div>
      <Card className="overflow-hidden">
        {mails.isPending ? (
          <ListSkeleton />
        ) : mails.isError && rows.length === 0 ? (
          <ErrorState error={mails.error} onRetry={() => void mails.refetch()} />
        ) : rows.length === 0 ? (
          filtered ? (
            <Empty icon={SearchX} title={t("mail.noMatch")} action={<Button onClick={() => change({ state: "", q: "" })}>{t("ticket.clearFilters")}</Button>} />
          ) : (
            <Empty icon={MailSearch} title={t("mail.noneYet")}>
              {t("mail.noneYetText")}
            </Empty>
          )
        ) : (
          <ul ref={list} aria-label={t("nav.mails")} className="divide-y">
            {[...attention, ...rest].map((mail) => (
              <Row key={mail.id} mail={mail} />
            ))}
          </ul>
        )}
      </Card>
      {mails.hasNextPage && (
        <Button className="justify-self-center" onClick={() => void mails.fetchNextPage()} busy={mails.isFetchingNextPage}>
          {t("common.more")}
        </Button>
      )}
    </Page>
  );
}

function Row({ mail }: { mail: MailSummary }) {
  const { t } = useTranslation();
  return (
    <li data-state={mail.state}>
      <Link
        to={`/desk/mails/${mail.id}`}
        className="grid items-center gap-x-4 gap-y-1 px-4 py-2.5 text-sm hover:bg-sunken focus-visible:-outline-offset-2 md:grid-cols-[9rem_minmax(0,1fr)_auto_8rem] dark:hover:bg-raised"
      >
        <span>
          <MailStateBadge state={mail.state} />
        </span>
        <span className="min-w-0">
          <span className="line-clamp-1 font-medium">
            <bdi>{mail.subject || t("ticket.noSubject")}</bdi>
          </span>
          <span className="flex flex-wrap gap-x-2 text-xs text-muted-foreground">
            <Ltr className="break-all">{mail.from ?? t("mail.noSender")}</Ltr>
            <ArrowRight aria-hidden className="flip-rtl size-3.5 self-center" />
            <Ltr className="break-all">{mail.mailbox}</Ltr>
            {mail.reason && <span className="text-warning">{t([`mailReason.${mail.reason}`, "mailReason.other"])}</span>}
          </span>
        </span>
        <span className="flex items-center gap-2">
          {mail.class && mail.class !== "human" && <Badge>{t(`mailClass.${mail.class}`)}</Badge>}
          {mail.ticket && <Ltr className="tabular text-muted-foreground">#{mail.ticket.number}</Ltr>}
        </span>
        <Time at={mail.received_at} className="text-xs text-muted-foreground md:text-end" />
      </Link>
    </li>
  );
}
