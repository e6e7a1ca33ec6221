import { useTranslation } from "react-i18next";
import { Time } from "@/components/time";
import { Section } from "@/components/ui/section";
import type { KycPastCase } from "../data/queries";
import { IdentityBadge } from "./badges";
import { PaperButton } from "./papers";

/** Verifications whose place was taken, with the papers that are still kept. Every look at one is logged. */
export function PastCases({ cases, open, onOpen }: { cases: readonly KycPastCase[]; open: string | null; onOpen: (id: string | null) => void }) {
  const { t } = useTranslation();
  return (
    <Section title={t("identity.past")}>
      <ul className="grid gap-4 text-sm">
        {cases.map((one) => (
          <li key={one.id} className="grid gap-1.5">
            <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
              <IdentityBadge state={one.state} />
              {one.closed_at && <Time at={one.closed_at} full className="text-muted-foreground" />}
            </p>
            {one.reviewer && (
              <p>
                {t("identity.reviewer")} <bdi>{one.reviewer}</bdi>
              </p>
            )}
            {one.reason && <bdi className="text-muted-foreground">{one.reason}</bdi>}
            {one.documents.length === 0 ? (
              <p className="text-muted-foreground">{t("identity.pastGone")}</p>
            ) : (
              <ul className="-mx-2 grid gap-0.5">
                {one.documents.map((document) => (
                  <li key={document.id} className="flex">
                    <PaperButton document={document} open={open} onOpen={onOpen} />
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
