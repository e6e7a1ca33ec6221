import { useTranslation } from "react-i18next";
import { Mono } from "@/components/mono";

/** What a job does, in words where we have them; its kind otherwise. */
export function JobName({ kind }: { kind: string }) {
  const { t, i18n } = useTranslation();
  const key = `jobKind.${kind.replaceAll(".", "_")}`;
  return i18n.exists(key) ? <>{t(key)}</> : <Mono>{kind}</Mono>;
}
