import { create } from "zustand";

/** Versions of tickets that this person's own changes led to, by the version they began with. */
const useSteps = create<{ steps: Readonly<Record<string, Readonly<Record<number, number>>>> }>(() => ({ steps: {} }));

export function noteOwnStep(ticketId: string, from: number, to: number): void {
  useSteps.setState(({ steps }) => ({ steps: { ...steps, [ticketId]: { ...steps[ticketId], [from]: to } } }));
}

/** The version that somebody knows who saw `seen` and then changed the ticket himself: his own changes are no news to him. */
export function useVersionKnown(ticketId: string, seen: number): number {
  const steps = useSteps((state) => state.steps[ticketId]);
  let known = seen;
  for (let next = steps?.[known]; next !== undefined && next > known; next = steps?.[known]) known = next;
  return known;
}
