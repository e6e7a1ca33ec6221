import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, callAs } from "@/api/client";
import type { Page, TicketSummary } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { Ltr } from "@/components/mono";
import { TicketStateBadge } from "@/components/state-badges";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

/** States in which a message still has somebody to read it. */
const OPEN = "open,in_progress,answered,waiting_for_response,on_hold,resolved";

interface TicketPickerProps {
  label: string;
  value: string | null;
  onChange: (id: string) => void;
  /** A ticket that makes no sense here. */
  without?: string;
  /** A closed one may be chosen too. */
  closed?: boolean;
  /** What is searched for at first. */
  suggestion?: string;
}

/** Finds a ticket, one that is not closed unless `closed` says otherwise, by number, subject or requester. */
export function TicketPicker({ label, value, onChange, without, closed, suggestion = "" }: TicketPickerProps) {
  const { t } = useTranslation();
  const name = useId();
  const [text, setText] = useState(suggestion);
  // A suggestion that finds nothing is no help; the tickets that changed last are.
  const [suggested, setSuggested] = useState(suggestion !== "");
  const type = (typed: string) => {
    setSuggested(false);
    setText(typed);
  };
  const q = useDeferredValue(text.trim());
  const found = useQuery({
    queryKey: ["tickets", "pick", q, closed],
    queryFn: ({ signal }) => callAs<Page<TicketSummary>>(api.GET("/api/v1/tickets", { params: { query: { q: q || undefined, state: closed ? undefined : OPEN, limit: 8 } }, signal })),
    placeholderData: keepPreviousData,
  });
  const items = found.data?.items.filter((ticket) => ticket.id !== without);
  if (suggested && found.isSuccess && !found.isPlaceholderData && items?.length === 0) type("");
  return (
    <div className="grid gap-2">
      <Field label={label} hint={t("ticketPicker.hint")}>
        {(control) => <Input {...control} type="search" dir="auto" value={text} onChange={(event) => type(event.target.value)} />}
      </Field>
      <ul aria-label={label} aria-busy={found.isFetching} className="grid max-h-64 gap-1 overflow-y-auto">
        {items?.map((ticket) => (
          <li key={ticket.id}>
            <label className="flex min-h-9 items-center gap-2.5 rounded-md border px-2.5 py-1.5 text-sm has-checked:border-primary">
              <input type="radio" name={name} checked={value === ticket.id} onChange={() => onChange(ticket.id)} className="accent-primary" />
              <Ltr className="tabular text-muted-foreground">#{ticket.number}</Ltr>
              <span className="line-clamp-1 min-w-0 flex-1">
                <bdi>{ticket.subject || t("common.noSubject")}</bdi>
              </span>
              <TicketStateBadge state={ticket.state} />
            </label>
          </li>
        ))}
      </ul>
      {found.isError && !items && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      {found.isSuccess && items?.length === 0 && <p className="text-sm text-muted-foreground">{t("ticketPicker.none")}</p>}
    </div>
  );
}
