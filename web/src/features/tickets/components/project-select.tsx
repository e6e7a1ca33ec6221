import { useTranslation } from "react-i18next";
import type { Ticket } from "@/api/types";
import { ChoiceSelect } from "@/components/form/choices";
import { toast } from "@/components/ui/toast";
import { after } from "@/lib/choices";
import { projectChoices, useProjects } from "@/lib/use-projects";
import { useFileTicket } from "../data/mutations";

/** The project that a ticket is filed under: whoever sees it sees the ticket. Not there where there is nothing to choose. */
export function ProjectSelect({ ticket, allowed, customer }: { ticket: Ticket; allowed: boolean; /** Whose projects are offered; those that the reader may file it under when absent. */ customer?: string }) {
  const { t } = useTranslation();
  const projects = useProjects({ ...(customer ? { customer } : { ticket: ticket.id }), enabled: allowed });
  const file = useFileTicket(ticket.id, ({ number, project }) =>
    toast({ tone: "success", title: project ? t("ticket.projectNow", { number, project: project.name }) : t("ticket.projectNone", { number }) }),
  );
  const { project } = ticket;
  if (!project && (!allowed || !projects?.length)) return null;
  const offered = projectChoices(projects);
  // One that is archived by now is still where it is.
  const known = project && !offered?.some(({ value }) => value === project.id) ? [{ value: project.id, label: project.name }, ...(offered ?? [])] : offered;
  return (
    <label className="grid gap-1.5">
      <span className="font-medium">{t("ticket.project")}</span>
      <ChoiceSelect
        value={project?.id ?? ""}
        options={after({ value: "", label: t("ticket.noProject") }, known)}
        disabled={!allowed || file.isPending}
        onChange={(event) => file.mutate({ version: ticket.version, project: event.target.value || null })}
      />
    </label>
  );
}
