import type { TFunction } from "i18next";
import type { Project } from "@/api/types";
import { projectChoices } from "@/lib/use-projects";

/** The choice of a project in a list of tickets. */
export function projectFacet(t: TFunction, projects: readonly Project[] | undefined) {
  return {
    key: "project" as const,
    label: t("ticket.project"),
    any: t("ticket.anyProject"),
    options: [{ value: "none", label: t("ticket.noProject") }, ...(projectChoices(projects) ?? [])],
  };
}
