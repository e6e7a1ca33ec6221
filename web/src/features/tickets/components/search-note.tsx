import { useTranslation } from "react-i18next";
import { useSearchCorrections } from "../data/queries";

/** Says which words were taken for others, since no ticket holds them as they were typed. */
export function SearchNote({ q }: { q: string }) {
  const { t } = useTranslation();
  const { data } = useSearchCorrections(q);
  return (
    <div role="status">
      {q !== "" && data !== undefined && data.length > 0 && (
        <ul className="mb-3 text-sm text-muted-foreground">
          {data.map(({ given, used }) => (
            <li key={given}>{t("ticket.corrected", { given, used })}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
