import { Bell, CheckCheck, Mail, MailOpen, Settings2 } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { ListSkeleton } from "@/components/list-skeleton";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { LoadMore } from "@/components/ui/load-more";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { OWN_NEWS_SETTINGS } from "@/features/shell/navigation";
import { cn } from "@/lib/cn";
import { useFocusAfter } from "@/lib/use-focus-after";
import { useMark, useMarkAll, useNotifications, type Notification } from "./data";

/** What one was told besides one's work. */
export function NotificationsPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const tab = search.get("show") === "all" ? "all" : "unread";
  return (
    <Page
      title={t("nav.notifications")}
      width="narrow"
      actions={
        <Button asChild>
          <Link to={OWN_NEWS_SETTINGS}>
            <Settings2 aria-hidden />
            {t("notice.settings")}
          </Link>
        </Button>
      }
    >
      <Tabs value={tab} onValueChange={(next) => setSearch(next === "all" ? { show: "all" } : {}, { replace: true })}>
        <TabsList aria-label={t("nav.notifications")}>
          <TabsTrigger value="unread">{t("notice.unread")}</TabsTrigger>
          <TabsTrigger value="all">{t("notice.all")}</TabsTrigger>
        </TabsList>
        <TabsContent value={tab}>
          <NewsList unread={tab === "unread"} />
        </TabsContent>
      </Tabs>
    </Page>
  );
}

function NewsList({ unread }: { unread: boolean }) {
  const { t } = useTranslation();
  const { query, rows } = useNotifications(unread);
  const all = useMarkAll();
  const newest = rows.find((row) => row.read_at === null);
  const list = useRef<HTMLUListElement>(null);
  const pressed = useFocusAfter(rows, list);
  if (query.isPending) return <ListSkeleton rows={5} />;
  if (query.isError && rows.length === 0) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (rows.length === 0) {
    return (
      <Card>
        <Empty icon={Bell} title={t(unread ? "notice.nothingUnread" : "notice.nothing")} />
      </Card>
    );
  }
  return (
    <div className="grid gap-3">
      {newest && (
        <Button size="sm" className="justify-self-end" busy={all.isPending} onClick={() => {
            pressed(null);
            all.mutate(newest.created_at);
          }}>
          <CheckCheck aria-hidden />
          {t("notice.readAll")}
        </Button>
      )}
      <Card className="overflow-clip">
        <ul ref={list} tabIndex={-1} aria-label={t("nav.notifications")} className="divide-y outline-none">
          {rows.map((row) => (
            <Line key={row.id} news={row} onMark={() => pressed(row)} />
          ))}
        </ul>
      </Card>
      <LoadMore more={query.hasNextPage} busy={query.isFetchingNextPage} failed={query.isFetchNextPageError} onMore={() => void query.fetchNextPage()} />
    </div>
  );
}

function Line({ news, onMark }: { news: Notification; onMark: () => void }) {
  const { t } = useTranslation();
  const mark = useMark();
  const fresh = news.read_at === null;
  const say = t(fresh ? "notice.markRead" : "notice.markUnread");
  return (
    <li data-id={news.id} className="flex items-center gap-2 px-4 py-2">
      <Link to={news.path} className="grid min-h-11 min-w-0 flex-1 content-center hover:underline" onClick={() => fresh && mark.mutate({ id: news.id, read: true })}>
        <bdi className={cn("truncate text-sm", fresh && "font-semibold")}>{news.title}</bdi>
        <span className="text-xs text-muted-foreground">
          {t(`noticeTopic.${news.topic}`)} · <Time at={news.created_at} />
        </span>
      </Link>
      <Button variant="ghost" size="icon" aria-label={`${t("common.label", { name: say })}${news.title}`} title={say} onClick={() => {
          onMark();
          mark.mutate({ id: news.id, read: fresh });
        }}
      >
        {fresh ? <MailOpen aria-hidden /> : <Mail aria-hidden />}
      </Button>
    </li>
  );
}
