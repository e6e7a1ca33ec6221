import { useTranslation } from "react-i18next";
import type { Me } from "@/api/types";
import { Dialog } from "@/components/ui/dialog";
import { Kbd } from "@/components/ui/kbd";
import { navigation, newTicketPath } from "@/features/shell/navigation";
import { useUi } from "@/stores/ui";

export function ShortcutSheet({ user }: { user: Me }) {
  const { t } = useTranslation();
  const { shortcutsOpen, setShortcuts } = useUi();
  const general: [string, string][] = [
    ["Ctrl K", t("palette.open")],
    ["?", t("shortcuts.title")],
    ...navigation(user).flatMap(({ keys, label }) => (keys ? [[keys, t(label)] as [string, string]] : [])),
  ];
  if (newTicketPath(user)) general.push(["c", t("nav.newTicket")]);
  const lists: [string, string][] = [
    ["j", t("shortcuts.next")],
    ["k", t("shortcuts.previous")],
    [t("shortcuts.enter"), t("shortcuts.open")],
    ["x", t("shortcuts.select")],
    ["/", t("shortcuts.search")],
  ];
  const may = (permission: string) => user.permissions.includes(permission);
  if (may("tickets.edit")) lists.push(["p", t("shortcuts.priority")], ["s", t("shortcuts.state")]);
  if (may("tickets.assign")) lists.push(["a", t("shortcuts.assignee")]);
  const ticket: [string, string][] = [
    ["r", t("shortcuts.reply")],
    ["n", t("shortcuts.note")],
    ...(may("tickets.reply") ? [["m", t("shortcuts.canned")] as [string, string]] : []),
    [`Ctrl ${t("shortcuts.enter")}`, t("shortcuts.send")],
    ["u", t("shortcuts.back")],
  ];
  // The rest is for staff; a key that the ticket of the moment has no use for does nothing.
  if (may("tickets.view")) ticket.push(["j", t("shortcuts.nextTicket")], ["k", t("shortcuts.previousTicket")]);
  if (may("tickets.assign")) ticket.push(["i", t("shortcuts.take")], ["a", t("shortcuts.assign")]);
  if (may("tickets.edit")) {
    ticket.push(["s", t("shortcuts.changeState")], ["e", t("shortcuts.resolve")], ["o", t("shortcuts.reopen")]);
    ticket.push(["p", t("shortcuts.changePriority")], ["t", t("shortcuts.tags")]);
  }
  return (
    <Dialog open={shortcutsOpen} onOpenChange={setShortcuts} title={t("shortcuts.title")} description={t("shortcuts.text")}>
      {/* On a phone it is longer than the screen: whoever has no pointer scrolls it with the arrow keys. */}
      <div tabIndex={0} role="group" aria-label={t("shortcuts.title")} className="grid gap-5 focus-visible:outline-offset-4 sm:grid-cols-2">
        <Group title={t("shortcuts.general")} rows={general} />
        <div className="grid content-start gap-5">
          <Group title={t("shortcuts.lists")} rows={lists} />
          <Group title={t("shortcuts.ticket")} rows={ticket} />
        </div>
      </div>
    </Dialog>
  );
}

function Group({ title, rows }: { title: string; rows: [string, string][] }) {
  return (
    <section>
      <h3 className="mb-1.5 text-xs font-medium text-muted-foreground">{title}</h3>
      <dl className="grid gap-1.5 text-sm">
        {rows.map(([keys, name]) => (
          <div key={keys} className="flex items-center justify-between gap-3">
            <dt>{name}</dt>
            <dd dir="ltr" className="flex gap-1">
              {keys.split(" ").map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
