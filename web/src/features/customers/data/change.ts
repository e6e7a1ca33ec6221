import { useMutation, useQueryClient } from "@tanstack/react-query";

interface Change {
  /** Only what hangs on this customer is read again; else everything about customers. */
  id?: string;
  /** The caller shows what was refused. */
  explained?: boolean;
}

/**
 * A change of something about customers; what it touches is read again, after a refusal too, which may mean that somebody else
 * was quicker. Nobody waits for that: a form is done when the server has what was typed.
 */
export function useCustomerChange<T, R>(work: (input: T) => Promise<R>, { id, explained }: Change = {}) {
  const queries = useQueryClient();
  return useMutation({
    meta: { explained },
    mutationFn: work,
    onSettled: () => void queries.invalidateQueries({ queryKey: id ? ["customers", id] : ["customers"] }),
  });
}
