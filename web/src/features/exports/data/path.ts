/** Scheduled exports; apart from what their pages need, for the list of tickets leads to them. */
export const SCHEDULED = "/desk/ticket-exports";
