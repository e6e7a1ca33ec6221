import type { TFunction } from "i18next";
import { ArrowRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/use-format";
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
                <Value field={field} value={from} className="line-through" />
                <ArrowRight aria-hidden className="flip-rtl size-3.5" />
              </>
            )}
            <Value field={field} value={to} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Value({ field, value, className }: { field: string; value: unknown; className?: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  return <bdi className={className ? `break-all ${className}` : "break-all"}>{typeof value === "boolean" ? t(value ? "trail.yes" : "trail.no") : text({ t, format }, field, value)}</bdi>;
}

/** What people write themselves, or machines count in; a word in it is no word of ours. */
const FREE = new Set(["name", "subject", "tags", "added", "removed", "email", "label", "title", "text", "slug", "provider"]);

/** A moment as the API writes it (RFC 3339); digits of a second differ with who wrote it. */
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

interface Reader {
  t: TFunction;
  format: ReturnType<typeof useFormat>;
}

function text(reader: Reader, field: string, value: unknown): string {
  const { t, format } = reader;
  if (value === null || value === undefined || value === "") return "—";
  if (Array.isArray(value)) return value.map((each) => text(reader, field, each)).join(t("common.comma")) || "—";
  if (typeof value === "object") return JSON.stringify(value);
  const said = String(value);
  if (MOMENT.test(said)) return format.dateTime(said);
  return /^[a-z_]+$/.test(said) && !FREE.has(field) ? t([`ticketState.${said}`, `priority.${said}`, `auditValue.${said}`, "auditValue.other"], { value: said }) : said;
}
