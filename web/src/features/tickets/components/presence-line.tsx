import { Eye, PencilLine } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Attendant } from "../data/presence";

/** So many are named; of the others is said how many they are. */
const NAMED = 3;

/** Who else looks at a ticket or writes to it, before somebody writes beside him. */
export function PresenceLine({ people }: { people: readonly Attendant[] }) {
  const { t } = useTranslation();
  // Who writes comes first.
  const sorted = [...people].sort((a, b) => Number(a.doing === "viewing") - Number(b.doing === "viewing"));
  return (
    <div role="status" aria-label={t("presence.title")} className="empty:hidden">
      {sorted.length > 0 && (
        <ul className="flex flex-wrap gap-x-4 gap-y-1 rounded-lg bg-info-soft px-3 py-2 text-sm text-info">
          {sorted.slice(0, NAMED).map(({ id, name, doing }) => (
            <li key={id} className="inline-flex min-w-0 items-center gap-1.5">
              {doing === "viewing" ? <Eye aria-hidden className="size-4 shrink-0" /> : <PencilLine aria-hidden className="size-4 shrink-0" />}
              <span className="min-w-0 break-words">{t(`presence.${doing}`, { name })}</span>
            </li>
          ))}
          {sorted.length > NAMED && <li>{t("presence.others", { count: sorted.length - NAMED })}</li>}
        </ul>
      )}
    </div>
  );
}
