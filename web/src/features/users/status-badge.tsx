import { useTranslation } from "react-i18next";
import type { UserStatus } from "@/api/types";
import { Badge } from "@/components/ui/badge";

const TONES = { active: "success", pending: "warning", suspended: "danger", deactivated: "neutral" } as const;

export function StatusBadge({ status }: { status: UserStatus }) {
  const { t } = useTranslation();
  return <Badge tone={TONES[status]}>{t(`userStatus.${status}`)}</Badge>;
}
