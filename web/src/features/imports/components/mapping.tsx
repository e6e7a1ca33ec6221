import { useState } from "react";
import { useTranslation } from "react-i18next";
import i18next from "i18next";
import { asApiError, explain, fieldErrors, fieldWords } from "@/api/problem";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Select } from "@/components/ui/input";
import { Section } from "@/components/ui/section";
import { COLUMNS, useCheck, type Import, type ImportColumn } from "../data/imports";

/** What each column of the file holds; the proposal may be changed. */
export function Mapping({ item }: { item: Import }) {
  const { t } = useTranslation();
  const [mapping, setMapping] = useState<(ImportColumn | null)[]>(item.mapping);
  const [shared, setShared] = useState(item.shared_emails);
  const check = useCheck(item);
  const choose = (at: number, column: ImportColumn | null) => setMapping((all) => all.map((held, n) => (n === at ? column : held)));
  const twice = (held: ImportColumn | null, at: number) => held !== null && mapping.indexOf(held) !== at;
  return (
    <Section title={t("import.mapping")}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          check.mutate({ mapping, shared_emails: shared });
        }}
      >
        <p className="text-sm text-muted-foreground">{t("import.mappingText")}</p>
        {check.isError && <Failure error={check.error} />}
        <div className="overflow-x-auto rounded-lg border" tabIndex={0} role="region" aria-label={t("import.mapping")}>
          <table className="w-full text-sm">
            <thead>
              <tr className="border-b text-start text-xs text-muted-foreground">
                <th scope="col" className="px-3 py-2 text-start font-medium">{t("import.column")}</th>
                <th scope="col" className="px-3 py-2 text-start font-medium">{t("import.holds")}</th>
                <th scope="col" className="hidden px-3 py-2 text-start font-medium sm:table-cell">{t("import.sample")}</th>
              </tr>
            </thead>
            <tbody>
              {item.header.map((name, at) => (
                <tr key={at} className="border-b align-middle last:border-b-0">
                  <th scope="row" className="max-w-40 px-3 py-1.5 text-start font-medium break-words sm:max-w-64">
                    <bdi>{name || t("import.unnamed", { n: at + 1 })}</bdi>
                  </th>
                  <td className="w-1/2 px-3 py-1.5 sm:w-72">
                    <Select
                      aria-label={t("import.holdsFor", { name: name || String(at + 1) })}
                      aria-invalid={twice(mapping[at] ?? null, at) || undefined}
                      value={mapping[at] ?? ""}
                      onChange={(event) => choose(at, (event.target.value || null) as ImportColumn | null)}
                    >
                      <option value="">{t("import.leftOut")}</option>
                      {COLUMNS.map((column) => (
                        <option key={column} value={column}>
                          {t(`importColumn.${column}`)}
                        </option>
                      ))}
                    </Select>
                    {twice(mapping[at] ?? null, at) && <p className="mt-1 text-xs text-danger">{t("field.import_mapped_twice")}</p>}
                  </td>
                  <td className="hidden max-w-64 truncate px-3 py-1.5 text-muted-foreground sm:table-cell">
                    <bdi>{item.sample.map((row) => row[at]).filter(Boolean).slice(0, 3).join(" · ")}</bdi>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <label className="flex min-h-[24px] items-center gap-2.5 text-sm">
          <Checkbox checked={shared} onCheckedChange={(on) => setShared(on === true)} />
          {t("import.sharedEmails")}
        </label>
        <div>
          <Button type="submit" variant="primary" busy={check.isPending}>
            {t("import.check")}
          </Button>
        </div>
      </form>
    </Section>
  );
}

/** What the server refuses about a mapping stands in its own words; everything else as anywhere. */
function Failure({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const [field] = Object.values(fieldErrors(i18next, asApiError(error)));
  const told = explain(t, error);
  return (
    <Alert tone="danger" title={field ? fieldWords(i18next, field) : told.title} live>
      {!field && told.action}
    </Alert>
  );
}
