import { useTranslation } from "react-i18next";
import { Badge, type Tone } from "@/components/ui/badge";
import type { ImportRow, ImportState } from "../data/imports";

const STATES: Record<ImportState, Tone> = {
  uploaded: "neutral",
  checking: "info",
  checked: "warning",
  importing: "info",
  done: "success",
  failed: "danger",
  cancelled: "neutral",
};

export function ImportStateBadge({ state }: { state: ImportState }) {
  const { t } = useTranslation();
  return <Badge tone={STATES[state]}>{t(`importState.${state}`)}</Badge>;
}

const OUTCOMES: Record<string, Tone> = { valid: "success", imported: "success", duplicate: "warning", rejected: "danger" };

export function OutcomeBadge({ outcome }: Pick<ImportRow, "outcome">) {
  const { t } = useTranslation();
  return <Badge tone={OUTCOMES[outcome] ?? "neutral"}>{t(`importOutcome.${outcome}`)}</Badge>;
}
