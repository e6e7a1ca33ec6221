import { UserRoundCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { PRIORITIES, type Priority, type Ticket, type TicketState } from "@/api/types";
import { Ltr, Mono } from "@/components/mono";
import { TicketStateBadge } from "@/components/state-badges";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Fact, Facts } from "@/components/ui/facts";
import { Select } from "@/components/ui/input";
import { useMay, useUser } from "@/features/shell/use-user";
import { named } from "@/lib/choices";
import { useAgents } from "@/lib/use-agents";
import { actionOf, HOLD_REASONS, may } from "../data/actions";
import { useTicketChanges } from "../data/use-ticket-changes";
import { CategorySelect, GroupSelect, TagEditor } from "./group-and-tags";
import { ProjectSelect } from "./project-select";
import { StateMenu } from "./state-menu";

/** What a ticket may be about besides its customer, by its field and as lists of tickets ask for it. */
const RELATED = [
  ["order_id", "order"],
  ["service_id", "service"],
  ["invoice_id", "invoice"],
] as const;

/** What is known about the ticket, and what may be done with it. */
export function TicketSidebar({ ticket, onReplyWith }: { ticket: Ticket; onReplyWith: (state: TicketState) => void }) {
  const { t } = useTranslation();
  const changes = useTicketChanges(ticket.id);
  const projects = useMay("projects.view");
  return (
    <Card aria-label={t("ticket.details")} className="divide-y text-sm">
      <div className="grid gap-3 p-4">
        <div className="flex items-center justify-between gap-2">
          <h2 className="font-semibold">{t("ticket.state")}</h2>
          <span className="flex flex-wrap justify-end gap-1">
            {ticket.spam && <Badge tone="danger">{t("ticket.isSpam")}</Badge>}
            <TicketStateBadge state={ticket.state} />
          </span>
        </div>
        {ticket.state === "on_hold" && <Hold ticket={ticket} />}
        <StateMenu ticket={ticket} onReplyWith={onReplyWith} />
      </div>
      <div className="grid gap-3 p-4">
        <Assignee ticket={ticket} />
        <label className="grid gap-1.5">
          <span className="font-medium">{t("ticket.priority")}</span>
          <Select
            value={ticket.priority}
            data-pagekey="p"
            disabled={!may(ticket, "edit")}
            onChange={(event) => changes.setPriority(ticket, event.target.value as Priority)}
          >
            {PRIORITIES.map((priority) => (
              <option key={priority} value={priority}>
                {t(`priority.${priority}`)}
              </option>
            ))}
          </Select>
        </label>
        <CategorySelect ticket={ticket} />
        <GroupSelect ticket={ticket} />
        <ProjectSelect ticket={ticket} allowed={projects && ticket.customer_id !== null && may(ticket, "edit")} customer={ticket.customer_id ?? undefined} />
        <TagEditor ticket={ticket} />
        <WhyNot ticket={ticket} action="edit" />
      </div>
      <Facts narrow className="p-4">
        <Fact name={t("ticket.requester")}>
          <span className="block">
            <bdi>{ticket.requester.name || ticket.requester.email}</bdi>
          </span>
          {ticket.requester.name && <Ltr className="text-xs break-all text-muted-foreground">{ticket.requester.email}</Ltr>}
        </Fact>
        {ticket.follow_up_of && (
          <Fact name={t("ticket.followUpOf")}>
            <Link to={`/desk/tickets/${ticket.follow_up_of}`} className="text-primary underline">
              {t("ticket.earlier")}
            </Link>
          </Fact>
        )}
        {RELATED.map(([field, asked]) => {
          const id = ticket.related?.[field];
          return (
            id && (
              <Fact key={field} name={t(`ticket.related.${field}`)}>
                <Mono>{id}</Mono>
                <Link to={`/desk/tickets?${asked}=${id}`} className="block text-primary underline">
                  {t(`ticket.relatedOthers.${field}`)}
                </Link>
              </Fact>
            )
          );
        })}
        <Fact name={t("ticket.created")}>
          <Time at={ticket.created_at} full />
        </Fact>
      </Facts>
    </Card>
  );
}

/** Why a ticket waits for somebody else, and until when. */
function Hold({ ticket: { hold_reason: reason, on_hold_until: until } }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const known = (HOLD_REASONS as readonly string[]).includes(reason ?? "");
  return (
    <Facts narrow>
      {reason && <Fact name={t("ticket.heldWhy")}>{known ? t(`reason.${reason}`) : <bdi className="break-words">{reason}</bdi>}</Fact>}
      <Fact name={t("ticket.heldUntil")}>{until ? <Time at={until} full /> : t("ticket.heldOpenEnd")}</Fact>
    </Facts>
  );
}

function WhyNot({ ticket, action }: { ticket: Ticket; action: string }) {
  const { t } = useTranslation();
  const reason = actionOf(ticket, action)?.why_not;
  return reason ? <p className="text-xs text-muted-foreground">{t([`whyNot.${reason}`, "whyNot.other"])}</p> : null;
}

function Assignee({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const user = useUser();
  const allowed = may(ticket, "assign");
  const agents = useAgents();
  const changes = useTicketChanges(ticket.id);
  const present = ticket.assignee;
  // Somebody who is no longer an agent may still hold the ticket.
  const list = present && !agents?.some((agent) => agent.id === present.id) ? [present, ...(agents ?? [])] : agents;
  const give = (id: string) => changes.setAssignee(ticket, list?.find((agent) => agent.id === id) ?? null);
  return (
    <div className="grid gap-1.5">
      <label className="grid gap-1.5">
        <span className="font-medium">{t("ticket.assignee")}</span>
        <Select
          value={present?.id ?? ""}
          data-pagekey="a"
          disabled={!allowed}
          onChange={(event) => give(event.target.value)}
        >
          <option value="">{t("ticket.unassigned")}</option>
          {named(list)?.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
      </label>
      {allowed && present?.id !== user.id && (
        <Button size="sm" variant="ghost" className="justify-self-start" onClick={() => changes.setAssignee(ticket, { id: user.id, name: user.name })}>
          <UserRoundCheck aria-hidden />
          {t("ticket.take")}
        </Button>
      )}
      <WhyNot ticket={ticket} action="assign" />
    </div>
  );
}
