import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call, ifMatch } from "@/api/client";
import type { components } from "@/api/schema";
import type { Note } from "./queries";

type NoteInput = components["schemas"]["NoteInputDto"];

export function useNotes(id: string) {
  return useQuery({
    queryKey: ["customers", id, "notes"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/customers/{id}/notes", { params: { path: { id } }, signal })),
  });
}

function useChange<T>(id: string, explained: boolean, work: (input: T) => Promise<unknown>) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained },
    mutationFn: work,
    // Not waited for: the form is done when the server has the note, not when every list shows it.
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["customers", id] }),
  });
}

export function useAddNote(id: string) {
  return useChange(id, true, ({ body, key }: { body: NoteInput; key: string }) =>
    call(api.POST("/api/v1/customers/{id}/notes", { params: { path: { id } }, body, headers: { "Idempotency-Key": key } })),
  );
}

/** Another text for one's own note, or another place for anybody's. */
export function useEditNote(id: string) {
  return useChange(id, false, ({ note, ...body }: NoteInput & { note: Note }) =>
    call(api.PUT("/api/v1/customers/{id}/notes/{note_id}", { params: { path: { id, note_id: note.id }, header: ifMatch(note.version) }, body })),
  );
}

export function useDeleteNote(id: string) {
  return useChange(id, false, (note_id: string) => call(api.DELETE("/api/v1/customers/{id}/notes/{note_id}", { params: { path: { id, note_id } } })));
}
