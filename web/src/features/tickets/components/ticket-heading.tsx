import { MailWarning } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Ticket } from "@/api/types";
import { Ltr } from "@/components/mono";
import { Skeleton } from "@/components/ui/skeleton";
import { TimelineSkeleton } from "./timeline-skeleton";

export function Heading({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  return (
    <>
      <bdi>{ticket.subject || t("common.noSubject")}</bdi> <Ltr className="tabular font-normal text-muted-foreground">#{ticket.number}</Ltr>
      {ticket.delivery_failed && <MailWarning aria-hidden className="ms-2 inline size-4 text-danger" />}
    </>
  );
}

export function TicketSkeleton() {
  return (
    <div aria-busy className="grid w-full max-w-[110rem] gap-4 p-4 sm:px-6 sm:py-5">
      <Skeleton className="h-6 w-80 max-w-full" />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_18rem]">
        <TimelineSkeleton />
        <Skeleton className="h-96 max-lg:h-24" />
      </div>
    </div>
  );
}
