import { ScanEye } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { ListSkeleton } from "@/components/list-skeleton";
import { useKyc } from "../data/kyc";
import { KycLog } from "./kyc-log";
import { KycStanding } from "./kyc-standing";
import { PaperViewer } from "./paper-viewer";
import { Papers } from "./papers";
import { PastCases } from "./past-cases";

/** The verification of identity: papers on one side, the opened paper on the other. */
export function Identity({ id, staff }: { id: string; staff: boolean }) {
  const { t } = useTranslation();
  const kyc = useKyc(id);
  const [open, setOpen] = useState<string | null>(null);
  if (kyc.isPending) return <ListSkeleton />;
  if (!kyc.data) return <ErrorState error={kyc.error} onRetry={() => void kyc.refetch()} />;
  const { renewal, past } = kyc.data;
  const documents = [...(renewal?.documents ?? []), ...kyc.data.documents, ...past.flatMap((one) => one.documents)];
  const shown = documents.find((document) => document.id === open);
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,26rem)_minmax(0,1fr)]">
      <div className="grid gap-4">
        <KycStanding id={id} kyc={kyc.data} />
        {renewal && (
          <>
            <KycStanding id={id} kyc={renewal} />
            <Papers id={id} title={t("identity.renewalPapers")} kyc={renewal} open={open} onOpen={setOpen} />
          </>
        )}
        <Papers id={id} title={t("identity.papers")} kyc={kyc.data} open={open} onOpen={setOpen} />
        {past.length > 0 && <PastCases cases={past} open={open} onOpen={setOpen} />}
        {staff && <KycLog id={id} kyc={kyc.data} />}
      </div>
      {shown ? (
        <PaperViewer key={shown.id} id={id} document={shown} />
      ) : (
        staff &&
        documents.length > 0 && (
          <div className="rounded-lg border border-dashed max-lg:hidden">
            <Empty icon={ScanEye} title={t("identity.choosePaper")}>
              {t("identity.choosePaperText")}
            </Empty>
          </div>
        )
      )}
    </div>
  );
}
