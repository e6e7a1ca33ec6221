import { useTranslation } from "react-i18next";
import { Ltr } from "@/components/mono";
import { deviceOf } from "../data/device";

/** The browser behind a user agent, which is the tooltip. */
export function Device({ userAgent }: { userAgent: string | null | undefined }) {
  const { t } = useTranslation();
  const name = deviceOf(userAgent);
  if (name === null) return t("ownSession.unknownDevice");
  return (
    <span title={userAgent ?? undefined}>
      <Ltr>{name}</Ltr>
    </span>
  );
}
