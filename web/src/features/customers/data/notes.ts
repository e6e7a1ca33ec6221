import { useQuery } from "@tanstack/react-query";
import { api, call, ifMatch } from "@/api/client";
import type { components } from "@/api/schema";
import { useCustomerChange } from "./change";
import type { Note } from "./queries";

type NoteInput = components["schemas"]["NoteInputDto"];

export function useNotes(id: string) {
  return useQuery({
    queryKey: ["customers", id, "notes"],
    queryFn: ({ signal }) => call(api.GET("/api/v1/customers/{id}/notes", { params: { path: { id } }, signal })),
  });
}

export function useAddNote(id: string) {
  return useCustomerChange(({ body, key }: { body: NoteInput; key: string }) =>
    call(api.POST("/api/v1/customers/{id}/notes", { params: { path: { id } }, body, headers: { "Idempotency-Key": key } })),
    { id, explained: true },
  );
}

/** Another text for one's own note, or another place for anybody's. */
export function useEditNote(id: string) {
  return useCustomerChange(({ note, ...body }: NoteInput & { note: Note }) =>
    call(api.PUT("/api/v1/customers/{id}/notes/{note_id}", { params: { path: { id, note_id: note.id }, header: ifMatch(note.version) }, body })),
    { id },
  );
}

export function useDeleteNote(id: string) {
  return useCustomerChange((note_id: string) => call(api.DELETE("/api/v1/customers/{id}/notes/{note_id}", { params: { path: { id, note_id } } })), { id });
}
