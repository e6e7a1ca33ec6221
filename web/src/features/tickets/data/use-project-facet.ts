import { useTranslation } from "react-i18next";
import { projectChoices, useProject, useProjects } from "@/lib/use-projects";

/** The choice of a project in a list of tickets; the one that is asked for stays a choice, be it archived or one of too many. */
export function useProjectFacet(chosen: string, enabled = true) {
  const { t } = useTranslation();
  const projects = useProjects({ enabled });
  const offered = projectChoices(projects) ?? [];
  const apart = chosen !== "" && chosen !== "none" && !offered.some(({ value }) => value === chosen);
  const one = useProject(chosen, enabled && apart && projects !== undefined);
  const name = one.data?.name ?? (one.isError ? t("form.gone", { id: chosen }) : "…");
  return {
    key: "project" as const,
    label: t("ticket.project"),
    any: t("ticket.anyProject"),
    options: [{ value: "none", label: t("ticket.noProject") }, ...offered, ...(apart ? [{ value: chosen, label: name }] : [])],
  };
}
