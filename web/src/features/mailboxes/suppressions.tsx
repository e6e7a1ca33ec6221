import { ShieldCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { Ltr } from "@/components/mono";
import { Page } from "@/components/page";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { toast } from "@/components/ui/toast";
import { ListSkeleton } from "@/components/list-skeleton";
import { useLiftSuppression, useSuppressions } from "./data/queries";

/** Addresses that mail is no longer sent to, because it came back. */
export function SuppressionsPage() {
  const { t } = useTranslation();
  const list = useSuppressions();
  const lift = useLiftSuppression();
  const items = list.data?.items ?? [];
  return (
    <Page title={t("nav.suppressions")} description={t("suppression.text")}>
      <Card className="overflow-hidden">
        {list.isPending ? (
          <ListSkeleton rows={5} />
        ) : list.isError ? (
          <ErrorState error={list.error} onRetry={() => void list.refetch()} />
        ) : items.length === 0 ? (
          <Empty icon={ShieldCheck} title={t("suppression.none")} />
        ) : (
          <Table label={t("nav.suppressions")}>
            <thead>
              <tr>
                <Th>{t("suppression.address")}</Th>
                <Th>{t("ticket.reason")}</Th>
                <Th>{t("suppression.since")}</Th>
                <Th>
                  <span className="sr-only">{t("common.actions")}</span>
                </Th>
              </tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <Tr key={item.address}>
                  <Td>
                    <Ltr className="break-all">{item.address}</Ltr>
                  </Td>
                  <Td>{t([`suppressionReason.${item.reason}`, "suppressionReason.other"])}</Td>
                  <Td>
                    <Time at={item.created_at} />
                  </Td>
                  <Td className="text-end">
                    <Button
                      size="sm"
                      disabled={lift.isPending}
                      onClick={() => lift.mutate(item.address, { onSuccess: () => toast({ tone: "success", title: t("suppression.lifted") }) })}
                    >
                      {t("suppression.lift")}
                    </Button>
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        )}
      </Card>
    </Page>
  );
}
