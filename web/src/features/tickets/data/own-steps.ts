/** Versions of tickets that this person's own changes led to, by the version they began with. */
const steps = new Map<string, Map<number, number>>();
/** When they were, in milliseconds since the epoch: what the history tells of such a moment is no news to their author. */
const moments = new Map<string, Set<number>>();

/** `at`: when the server says that it was, which is what the history says of it. */
export function noteOwnStep(ticketId: string, from: number, to: number, at?: string): void {
  if (at !== undefined) moments.set(ticketId, (moments.get(ticketId) ?? new Set()).add(Date.parse(at)));
  const own = steps.get(ticketId) ?? new Map<number, number>();
  steps.set(ticketId, own.set(from, to));
}

/** The version that somebody knows who saw `seen` and then changed the ticket himself: his own changes are no news to him. */
export function versionKnown(ticketId: string, seen: number): number {
  const own = steps.get(ticketId);
  let known = seen;
  for (let next = own?.get(known); next !== undefined && next > known; next = own?.get(known)) known = next;
  return known;
}

/** Whether what happened to a ticket then was done by this person. */
export function wasOwnStep(ticketId: string, at: string): boolean {
  return moments.get(ticketId)?.has(Date.parse(at)) ?? false;
}
