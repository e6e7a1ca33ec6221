import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { CornerDownLeft, Keyboard, Languages, LogOut, Monitor, Moon, Plus, Sun, type LucideIcon } from "lucide-react";
import { useDeferredValue, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api, callAs } from "@/api/client";
import { signOut } from "@/api/session";
import type { Me, Page, TicketSummary } from "@/api/types";
import { Ltr } from "@/components/mono";
import { toastError } from "@/components/toast-error";
import { TicketStateBadge } from "@/components/state-badges";
import { Dialog } from "@/components/ui/dialog";
import { Kbd } from "@/components/ui/kbd";
import { chooseLocale } from "@/features/shell/choose-locale";
import { navigation, newTicketPath, OWN_PAGES } from "@/features/shell/navigation";
import { LOCALE_NAMES, LOCALES } from "@/i18n";
import { recentTickets } from "@/lib/recent";
import { usePageActionList } from "@/stores/page-actions";
import { useUi } from "@/stores/ui";

const item =
  "flex min-h-9 cursor-default items-center gap-2.5 rounded-md px-2.5 py-1 text-sm select-none data-[selected=true]:bg-accent data-[selected=true]:text-accent-foreground max-sm:min-h-11 [&_svg]:size-4 [&_svg]:shrink-0";
const group = "[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-muted-foreground";

/** Pages, actions and tickets by name or number, from anywhere. Offers only what this person may do. */
export function Palette({ user }: { user: Me }) {
  const { t } = useTranslation();
  const { paletteOpen, setPalette } = useUi();
  // What an action of the page focuses must not be taken back by the dialog: it begins when that has gone.
  const chosen = useRef<(() => void) | null>(null);
  const begin = () => {
    const act = chosen.current;
    chosen.current = null;
    act?.();
  };
  const close = (then?: () => void) => {
    chosen.current = then ?? null;
    setPalette(false);
  };
  return (
    <Dialog open={paletteOpen} onOpenChange={setPalette} onClosed={begin} title={t("palette.open")} hideTitle className="max-w-xl overflow-hidden p-0">
      <PaletteBody user={user} close={close} />
    </Dialog>
  );
}

function PaletteBody({ user, close }: { user: Me; close: (then?: () => void) => void }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const here = usePageActionList((state) => state.list);
  const [recent] = useState(recentTickets);
  const [text, setText] = useState("");
  const { setTheme, setShortcuts } = useUi();
  const create = newTicketPath(user);
  const tickets = useTicketSearch(text);
  const go = (to: string) => run(() => void navigate(to));
  const run = (action: () => void) => () => {
    close();
    action();
  };
  const actions: { name: string; icon: LucideIcon; keys?: string; action: () => void }[] = [
    ...here.map(({ name, icon, keys, run: act }) => ({ name, icon, keys, action: () => close(act) })),
    ...(create ? [{ name: t("nav.newTicket"), icon: Plus, keys: "c", action: go(create) }] : []),
    { name: t("palette.light"), icon: Sun, action: run(() => setTheme("light")) },
    { name: t("palette.dark"), icon: Moon, action: run(() => setTheme("dark")) },
    { name: t("palette.system"), icon: Monitor, action: run(() => setTheme("system")) },
    ...LOCALES.filter((locale) => locale !== i18n.language).map((locale) => ({
      name: t("shell.languageIs", { name: LOCALE_NAMES[locale] }),
      icon: Languages,
      action: run(() => void chooseLocale(locale).catch(toastError)),
    })),
    ...OWN_PAGES.map(({ to, label, icon }) => ({ name: t(label), icon, action: go(to) })),
    { name: t("shortcuts.title"), icon: Keyboard, keys: "?", action: run(() => setShortcuts(true)) },
    { name: t("auth.signOut"), icon: LogOut, action: run(() => void signOut()) },
  ];
  return (
    <Command label={t("palette.open")} loop>
      <Command.Input
        data-autofocus
        value={text}
        onValueChange={setText}
        placeholder={t("palette.placeholder")}
        className="h-12 w-full border-b bg-transparent px-4 text-base outline-none"
      />
      <Command.List label={t("palette.results")} className="max-h-[55dvh] overflow-y-auto p-1.5">
        <Command.Empty className="px-3 py-8 text-center text-sm text-muted-foreground">{t("palette.empty")}</Command.Empty>
        {tickets.length > 0 && (
          <Command.Group heading={t("palette.tickets")} className={group}>
            {tickets.map((ticket) => (
              // The server has searched already: the text stands in each value so that no hit is filtered out by its letters.
              <Command.Item key={ticket.id} value={`${ticket.number} ${ticket.subject} ${text}`} onSelect={go(`/t/${ticket.id}`)} className={item}>
                <Ltr className="tabular text-muted-foreground">#{ticket.number}</Ltr>
                <span className="min-w-0 flex-1 truncate">
                  <bdi>{ticket.subject}</bdi>
                </span>
                <TicketStateBadge state={ticket.state} />
              </Command.Item>
            ))}
          </Command.Group>
        )}
        {text.trim() === "" && recent.length > 0 && (
          <Command.Group heading={t("palette.recent")} className={group}>
            {recent.map((ticket) => (
              <Command.Item key={ticket.id} value={`recent ${ticket.id}`} onSelect={go(`/t/${ticket.id}`)} className={item}>
                <Ltr className="tabular text-muted-foreground">#{ticket.number}</Ltr>
                <span className="min-w-0 flex-1 truncate">
                  <bdi>{ticket.subject || t("common.noSubject")}</bdi>
                </span>
              </Command.Item>
            ))}
          </Command.Group>
        )}
        <Command.Group heading={t("palette.pages")} className={group}>
          {navigation(user).map(({ to, label, icon: Icon, keys }) => (
            <Command.Item key={to} value={t(label)} onSelect={go(to)} className={item}>
              <Icon aria-hidden />
              <span className="flex-1">{t(label)}</span>
              <Keys keys={keys} />
            </Command.Item>
          ))}
        </Command.Group>
        <Command.Group heading={t("palette.actions")} className={group}>
          {actions.map(({ name, icon: Icon, keys, action }) => (
            <Command.Item key={name} value={name} onSelect={action} className={item}>
              <Icon aria-hidden />
              <span className="flex-1">{name}</span>
              <Keys keys={keys} />
            </Command.Item>
          ))}
        </Command.Group>
      </Command.List>
      <p className="flex items-center gap-1.5 border-t px-4 py-2 text-xs text-muted-foreground max-sm:hidden">
        <CornerDownLeft aria-hidden className="size-3.5" /> {t("palette.hint")}
      </p>
    </Command>
  );
}

function Keys({ keys }: { keys?: string }) {
  if (!keys) return null;
  return (
    <span aria-hidden dir="ltr" className="flex gap-1">
      {keys.split(" ").map((key) => (
        <Kbd key={key}>{key}</Kbd>
      ))}
    </span>
  );
}

/** Tickets that match; a customer only ever gets his own from the server. */
function useTicketSearch(text: string) {
  const wanted = text.trim().replace(/^#/, "");
  const q = useDeferredValue(wanted);
  // Hits for what was typed before must not be there to be opened by a quick Enter.
  const { data } = useQuery({
    queryKey: ["tickets", "palette", q],
    enabled: q.length >= 2,
    meta: { aside: true },
    queryFn: ({ signal }) => callAs<Page<TicketSummary>>(api.GET("/api/v1/tickets", { params: { query: { q, limit: 6 } }, signal })),
  });
  return q.length >= 2 && q === wanted ? (data?.items ?? []) : [];
}
