import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PermissionCategory } from "@/api/types";
import { Ltr } from "@/components/mono";
import { SearchField } from "@/components/search-field";
import { Badge } from "@/components/ui/badge";
import { Checkbox } from "@/components/ui/checkbox";
import { inLanguage, search } from "../data/role";

interface PermissionEditorProps {
  categories: readonly PermissionCategory[];
  chosen: readonly string[];
  inherited: ReadonlySet<string>;
  readOnly: boolean;
  onChange: (chosen: string[]) => void;
}

/** Every permission with what it allows. What is inherited is on and cannot be taken off here. */
export function PermissionEditor({ categories, chosen, inherited, readOnly, onChange }: PermissionEditorProps) {
  const { t, i18n } = useTranslation();
  const [words, setWords] = useState("");
  const held = new Set(chosen);
  const shown = search(categories, words, i18n.language);
  return (
    <div className="grid gap-4">
      <SearchField label={t("roleAdmin.searchPermissions")} value={words} onChange={setWords} />
      {shown.length === 0 && <p className="text-sm text-muted-foreground">{t("roleAdmin.noPermission")}</p>}
      {shown.map((category) => (
        <fieldset key={category.key} className="rounded-md border p-3">
          <legend className="px-1 text-sm font-medium">{inLanguage(category.label, i18n.language)}</legend>
          <ul className="grid gap-1 sm:grid-cols-2">
            {category.permissions.map((one) => {
              const fromAbove = inherited.has(one.key);
              const on = fromAbove || held.has(one.key);
              return (
                <li key={one.key}>
                  <label className="flex min-h-9 items-start gap-2.5 py-1 text-sm">
                    <Checkbox
                      checked={on}
                      disabled={readOnly || fromAbove || (!one.grantable && !on)}
                      onCheckedChange={(next) => onChange(next === true ? [...chosen, one.key] : chosen.filter((key) => key !== one.key))}
                    />
                    <span className="min-w-0">
                      {inLanguage(one.description, i18n.language)}{" "}
                      {one.dangerous && <Badge tone="warning">{t("roleAdmin.dangerous")}</Badge>} {fromAbove && <Badge>{t("roleAdmin.inherited")}</Badge>}
                      <Ltr className="block text-xs text-muted-foreground">{one.key}</Ltr>
                    </span>
                  </label>
                </li>
              );
            })}
          </ul>
        </fieldset>
      ))}
    </div>
  );
}
