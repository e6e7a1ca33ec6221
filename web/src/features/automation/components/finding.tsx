import { Check, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Finding } from "../data/spec";

/** Which condition held or not, down the tree. */
export function FindingTree({ finding }: { finding: Finding }) {
  const { t } = useTranslation();
  return (
    <div className="text-sm">
      <p className="flex flex-wrap items-center gap-1.5">
        {finding.holds ? <Check aria-hidden className="size-4 text-success" /> : <X aria-hidden className="size-4 text-danger" />}
        <span className="sr-only">{t(finding.holds ? "rule.held" : "rule.failed")}</span>
        {t(`ruleTest.${finding.test}`)}
        {finding.found !== undefined && finding.found !== "" && <bdi className="min-w-0 break-words text-muted-foreground">{finding.found}</bdi>}
      </p>
      {finding.of && finding.of.length > 0 && (
        <ul className="ms-5 grid gap-1 border-s ps-3">
          {finding.of.map((one, n) => (
            <li key={n}>
              <FindingTree finding={one} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
