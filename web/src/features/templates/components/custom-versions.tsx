import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Badge } from "@/components/ui/badge";
import { LOCALE_NAMES, LOCALES } from "@/i18n";
import { NOTHING, useCustomVersions, useRestoreCustom, type CustomTemplate, type CustomVersion } from "../custom-data";
import { Difference, TakeAgain, VersionList } from "./versions";

/** Everything that a template ever said; one of them can be compared with the present one and said again. */
export function CustomVersions({ template, unsaved }: { template: CustomTemplate; /** Something is typed that a restored text would not show in. */ unsaved: boolean }) {
  const found = useCustomVersions(template.id);
  const [looked, setLooked] = useState<CustomVersion | null>(null);
  return (
    <>
      <VersionList
        found={found}
        present={template.version}
        mark={(row) =>
          row.name !== template.name && (
            <Badge>
              <bdi>{row.name}</bdi>
            </Badge>
          )
        }
        onLook={setLooked}
      />
      {looked && <Look template={template} unsaved={unsaved} row={looked} onClose={() => setLooked(null)} />}
    </>
  );
}

function Look({ template, unsaved, row, onClose }: { template: CustomTemplate; unsaved: boolean; row: CustomVersion; onClose: () => void }) {
  const { t } = useTranslation();
  const restore = useRestoreCustom(template);
  const others = LOCALES.filter((locale) => template.texts[locale] || row.texts[locale]);
  return (
    <TakeAgain n={row.version} unsaved={unsaved} restore={restore} onClose={onClose}>
      <div className="grid gap-3">
        {others.map((locale) => (
          <section key={locale} aria-label={LOCALE_NAMES[locale]} className="grid gap-1">
            <h3 lang={locale} className="font-medium">
              {LOCALE_NAMES[locale]}
            </h3>
            {!row.texts[locale] && <p className="text-muted-foreground">{t("customTemplate.blank")}</p>}
            <div>
              <Difference locale={locale} from={template.texts[locale] ?? NOTHING} to={row.texts[locale] ?? NOTHING} />
            </div>
          </section>
        ))}
      </div>
    </TakeAgain>
  );
}
