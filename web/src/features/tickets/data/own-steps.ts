/** Versions of tickets that this person's own changes led to, by the version they began with. */
const steps = new Map<string, Map<number, number>>();

export function noteOwnStep(ticketId: string, from: number, to: number): void {
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
