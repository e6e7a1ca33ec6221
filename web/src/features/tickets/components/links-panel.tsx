import { Unlink } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Ticket, TicketLink } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Ltr } from "@/components/mono";
import { TicketStateBadge } from "@/components/state-badges";
import { lazyDialog } from "@/components/lazy-dialog";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { useMay } from "@/features/shell/use-user";
import { isOutside } from "../data/actions";
import { LINK_KINDS, useLinks, useUnlinkTicket } from "../data/relations";
import type { RelationChoices } from "../data/use-relation-choices";

// Asked for now and then: they come when they are.
const LinkDialog = lazyDialog(async () => (await import("./link-dialog")).LinkDialog);
const MergeDialog = lazyDialog(async () => (await import("./merge-dialog")).MergeDialog);
const SplitDialog = lazyDialog(async () => (await import("./split-dialog")).SplitDialog);

/** Tickets that belong to this one, and what makes one of two or two of one. */
export function LinksPanel({ ticket, relations: { choices, asked, ask } }: { ticket: Ticket; relations: RelationChoices }) {
  const { t } = useTranslation();
  const mayEdit = useMay("tickets.edit") && !isOutside(ticket);
  const close = () => ask(null);
  return (
    <Card aria-label={t("relation.panel")} className="grid gap-3 p-4 text-sm">
      <h2 className="font-semibold">{t("relation.panel")}</h2>
      <List ticket={ticket} mayEdit={mayEdit} />
      {choices.length > 0 && (
        <div className="flex flex-wrap gap-2">
          {choices.map(({ what, name, icon: Icon }) => (
            <Button key={what} size="sm" onClick={() => ask(what)}>
              <Icon aria-hidden />
              {name}
            </Button>
          ))}
        </div>
      )}
      {asked === "link" && <LinkDialog id={ticket.id} onClose={close} />}
      {asked === "merge" && <MergeDialog ticket={ticket} onClose={close} />}
      {asked === "split" && <SplitDialog ticket={ticket} onClose={close} />}
    </Card>
  );
}

function List({ ticket, mayEdit }: { ticket: Ticket; mayEdit: boolean }) {
  const { t } = useTranslation();
  const links = useLinks(ticket.id);
  const unlink = useUnlinkTicket(ticket.id);
  if (links.isError && !links.data) return <ErrorState error={links.error} onRetry={() => void links.refetch()} />;
  if (!links.data) return null;
  if (links.data.length === 0) return <p className="text-muted-foreground">{t("relation.none")}</p>;
  const made = (link: TicketLink) => (LINK_KINDS as readonly string[]).includes(link.kind);
  return (
    <ul className="grid gap-2.5">
      {links.data.map((link) => (
        <li key={`${link.kind} ${link.id}`} className="flex items-start gap-1">
          <div className="grid min-w-0 flex-1 gap-0.5">
            <span className="text-xs text-muted-foreground">{t(`linkKind.${link.kind}`)}</span>
            <Link to={`/desk/tickets/${link.id}`} className="flex min-h-[24px] min-w-0 items-center gap-1.5 hover:underline">
              <Ltr className="tabular text-muted-foreground">#{link.number}</Ltr>
              <bdi className="truncate">{link.subject || t("common.noSubject")}</bdi>
            </Link>
            <span>
              <TicketStateBadge state={link.state} />
            </span>
          </div>
          {mayEdit && made(link) && (
            <Button variant="ghost" size="icon-sm" aria-label={t("relation.unlink", { number: link.number })} busy={unlink.isPending} onClick={() => unlink.mutate(link)}>
              <Unlink aria-hidden />
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
