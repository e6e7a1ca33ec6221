import { CircleCheck, CircleDashed, CircleX, Ban, Send, ThumbsDown } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Delivery } from "@/api/types";
import { Ltr } from "@/components/mono";
import { useFormat } from "@/lib/use-format";

const LOOK = {
  queued: { Icon: CircleDashed, style: "text-muted-foreground" },
  sent: { Icon: Send, style: "text-info flip-rtl" },
  delivered: { Icon: CircleCheck, style: "text-success" },
  failed: { Icon: CircleX, style: "text-danger" },
  bounced: { Icon: CircleX, style: "text-danger" },
  complained: { Icon: ThumbsDown, style: "text-danger" },
  suppressed: { Icon: Ban, style: "text-warning" },
};

/** Where what the other server said helps: a success says it all. */
const TROUBLE = new Set(["failed", "bounced"]);

/** What the transport without a mail server answers: the name of a file. */
const FILE = /^[^\s/]+\.eml$/;

/** Whether the mail reached each recipient. */
export function DeliveryList({ deliveries }: { deliveries: Delivery[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <ul aria-label={t("ticket.deliveries")} className="grid gap-1 border-t pt-2.5 text-xs text-muted-foreground">
      {deliveries.map(({ recipient, state, at, detail }) => {
        const { Icon, style } = LOOK[state];
        return (
          <li key={recipient} className="flex min-w-0 flex-wrap items-center gap-x-1.5" data-delivery={state}>
            <Icon aria-hidden className={`size-3.5 shrink-0 ${style}`} />
            <Ltr className="break-all">{recipient}</Ltr>
            <span title={format.exact(at)}>{t(state === "sent" && FILE.test(detail ?? "") ? "ticket.writtenToFile" : `deliveryState.${state}`)}</span>
            {detail && TROUBLE.has(state) && <bdi className="min-w-0 wrap-anywhere text-danger">{detail}</bdi>}
          </li>
        );
      })}
    </ul>
  );
}
