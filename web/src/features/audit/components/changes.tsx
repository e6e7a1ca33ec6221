import { ArrowRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { facts } from "../data/facts";

/** What a line says besides who did what: fields by their names, before and after. */
export function Changes({ data }: { data: unknown }) {
  const { t } = useTranslation();
  const said = facts(data);
  if (said.length === 0) return null;
  return (
    <dl className="flex flex-wrap gap-x-4 gap-y-0.5 text-xs">
      {said.map(({ field, from, to }) => (
        <div key={field} className="flex flex-wrap gap-x-1.5">
          <dt className="text-muted-foreground">{t([`auditField.${field}`, "auditField.other"], { field })}</dt>
          <dd className="flex min-w-0 flex-wrap items-center gap-x-1.5">
            {from !== undefined && (
              <>
                <Value value={from} className="line-through" />
                <ArrowRight aria-hidden className="flip-rtl size-3.5" />
              </>
            )}
            <Value value={to} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Value({ value, className }: { value: unknown; className?: string }) {
  const { t } = useTranslation();
  return <bdi className={className ? `break-all ${className}` : "break-all"}>{typeof value === "boolean" ? t(value ? "trail.yes" : "trail.no") : text(value)}</bdi>;
}

function text(value: unknown): string {
  if (value === null || value === undefined || value === "") return "—";
  if (Array.isArray(value)) return value.map(text).join(", ") || "—";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
