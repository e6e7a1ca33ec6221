import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { HelpSection } from "@/api/types";

/** The way back up. */
export function Trail({ sections }: { sections: HelpSection[] }) {
  const { t } = useTranslation();
  const steps = [{ to: "/help", name: t("help.title") }, ...sections.map(({ slug, name }) => ({ to: `/help/sections/${slug}`, name }))];
  return (
    <nav aria-label={t("help.trail")}>
      <ol className="flex flex-wrap items-center gap-x-2 text-sm">
        {steps.map(({ to, name }, at) => (
          <li key={to} className="flex items-center gap-x-2">
            {at > 0 && <span aria-hidden>/</span>}
            <Link to={to} className="inline-flex min-h-7 items-center underline underline-offset-4 max-sm:min-h-11">
              <bdi>{name}</bdi>
            </Link>
          </li>
        ))}
      </ol>
    </nav>
  );
}
