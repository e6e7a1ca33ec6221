import { Check, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useCategories } from "@/lib/use-categories";
import { useFormat } from "@/lib/use-format";
import { useGroups } from "@/lib/use-groups";
import type { Finding } from "../data/spec";

/** Which condition held or not, down the tree. */
export function FindingTree({ finding }: { finding: Finding }) {
  const { t } = useTranslation();
  const found = useFound(finding);
  return (
    <div className="text-sm">
      <p className="flex flex-wrap items-center gap-1.5">
        {finding.holds ? <Check aria-hidden className="size-4 text-success" /> : <X aria-hidden className="size-4 text-danger" />}
        <span className="sr-only">{t(finding.holds ? "rule.held" : "rule.failed")}</span>
        {t(`ruleTest.${finding.test}`)}
        {found && <bdi className="min-w-0 break-words text-muted-foreground">{found}</bdi>}
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

/** What the ticket had to show, as its reader says it. Tags and subjects are the ticket's own words. */
function useFound({ test, found = "" }: Finding): string {
  const { t } = useTranslation();
  const format = useFormat();
  const groups = useGroups(test === "group");
  const categories = useCategories(test === "category");
  if (found === "") return "";
  switch (test) {
    case "state":
      return t(`ticketState.${found}`);
    case "priority":
      return t(`priority.${found}`);
    case "source":
      return t([`ruleSource.${found}`, found]);
    case "assigned":
    case "unanswered":
    case "sla_breached":
      return t(`rule.${found}`);
    case "rating":
      return t("rule.rating", { rating: Number(found) });
    case "group":
      return groups?.find(({ id }) => id === found)?.name ?? found;
    case "category":
      return categories?.find(({ id }) => id === found)?.path ?? found;
    case "age":
      return format.duration(Number(found) * 60_000);
    default:
      return found;
  }
}
