import { CircleCheck, CircleDashed, CircleX, Ban, Send } from "lucide-react";
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
  suppressed: { Icon: Ban, style: "text-warning" },
};

const FAILED = new Set(["failed", "bounced"]);

/** Whether the mail reached each recipient. */
export function DeliveryList({ deliveries }: { deliveries: Delivery[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <ul aria-label={t("ticket.deliveries")} className="grid gap-1 border-t pt-2.5 text-xs text-muted-foreground">
      {deliveries.map(({ recipient, state, at, detail }) => {
        const { Icon, style } = LOOK[state];
        return (
          <li key={recipient} className="flex flex-wrap items-center gap-x-1.5" data-delivery={state}>
            <Icon aria-hidden className={`size-3.5 ${style}`} />
            <Ltr>{recipient}</Ltr>
            <span title={format.exact(at)}>{t(`deliveryState.${state}`)}</span>
            {detail && <bdi className={FAILED.has(state) ? "text-danger" : undefined}>{detail}</bdi>}
          </li>
        );
      })}
    </ul>
  );
}
