import { useMutation, useQueryClient } from "@tanstack/react-query";
import { z } from "zod";
import { api, call, ifMatch } from "@/api/client";
import type { Project, ProjectDetail, TagColour } from "@/api/types";
import { TAG_COLOURS } from "@/components/tag";
import { useList } from "@/lib/use-list";

export const projectSchema = z.object({
  name: z.string().trim().min(1, "field.empty").max(80, "field.too_long"),
  description: z.string().trim().max(500, "field.too_long"),
  colour: z.enum(["", ...TAG_COLOURS] as ["", ...TagColour[]]),
});
export type ProjectForm = z.infer<typeof projectSchema>;

/** The projects of a customer that the reader sees. */
export function useCustomerProjects(customer: string, archived: boolean) {
  return useList<Project>(["projects", "customer", customer, archived], (cursor, signal) =>
    call(api.GET("/api/v1/projects", { params: { query: { customer_id: customer, archived, cursor, limit: 50 } }, signal })),
  );
}

interface Sending {
  key: string;
  version: number;
}

/** Why it could not be done stands where it was asked for when that is `explained`. */
function useProjectChange<V>(work: (input: V) => Promise<ProjectDetail>, explained = true) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained },
    mutationFn: work,
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ["projects"] });
      void queries.invalidateQueries({ queryKey: ["customers"] });
    },
  });
}

/** Makes a project of a customer, or changes the one of which a version was read. */
export function useSaveProject(customer: string, project?: Project) {
  return useProjectChange(({ body: { colour, ...body }, key, version }: Sending & { body: ProjectForm }) => {
    const wanted = { ...body, colour: colour === "" ? undefined : colour };
    return project
      ? call(
          api.PUT("/api/v1/projects/{id}", {
            params: { path: { id: project.id }, header: ifMatch(version) },
            body: { ...wanted, archived: project.archived_at !== null },
          }),
        )
      : call(api.POST("/api/v1/customers/{id}/projects", { params: { path: { id: customer } }, body: wanted, headers: { "Idempotency-Key": key } }));
  });
}

/** Archives a project, or takes it back into use. */
export function useArchiveProject() {
  return useProjectChange(
    ({ id, version, name, description, colour, archived_at }: Project) =>
      call(
        api.PUT("/api/v1/projects/{id}", {
          params: { path: { id }, header: ifMatch(version) },
          body: { name, description, colour, archived: archived_at === null },
        }),
      ),
    false,
  );
}

/** Says who is assigned to a project. */
export function useAssignProject(id: string) {
  return useProjectChange(({ people, version }: { people: string[]; version: number }) =>
    call(api.PUT("/api/v1/projects/{id}/members", { params: { path: { id }, header: ifMatch(version) }, body: { user_ids: people } })),
  );
}
