import type { components } from "./schema";

type Schemas = components["schemas"];

// One place that knows the generated names, so that a rename on the server is mended here only.
export type Me = Schemas["Me"];
export type Session = Schemas["Session"];
export type Locale = Schemas["Locale"];
export type Dashboard = Schemas["Dashboard"];
export type Ticket = Schemas["Ticket"];
export type TicketSummary = Schemas["TicketSummary"];
export type TicketState = Schemas["TicketState"];
export type TicketCounts = Schemas["TicketCounts"];
export type Priority = Schemas["Priority"];
export type AllowedAction = Schemas["AllowedAction"];
export type TimelineItem = Schemas["TimelineItem"];
export type TimelineMessage = Schemas["TimelineMessage"];
export type TimelineEvent = Schemas["TimelineEvent"];
export type Attachment = Schemas["Attachment"];
export type Delivery = Schemas["Delivery"];
export type Upload = Schemas["Upload"];
export type Agent = Schemas["Agent"];
export type MailSummary = Schemas["MailSummary"];
export type MailJourney = Schemas["MailJourney"];
export type MailState = Schemas["MailState"];
export type MailClass = Schemas["MailClass"];
export type Mailbox = Schemas["Mailbox"];
export type MailboxInput = Schemas["MailboxInput"];
export type MailboxTest = Schemas["MailboxTest"];
export type Suppression = Schemas["Suppression"];
export type Queue = Schemas["Queue"];
export type QueueWorker = Schemas["QueueWorker"];
export type JobSummary = Schemas["JobSummary"];
export type Job = Schemas["Job"];
export type JobState = Schemas["JobState"];
export type Schedule = Schemas["Schedule"];

export const TICKET_STATES: readonly TicketState[] = [
  "open",
  "in_progress",
  "answered",
  "waiting_for_response",
  "on_hold",
  "resolved",
  "closed",
];
export const PRIORITIES: readonly Priority[] = ["urgent", "high", "medium", "low"];
export const MAIL_STATES: readonly MailState[] = [
  "quarantined",
  "dead",
  "received",
  "processing",
  "processed",
  "bounce",
  "duplicate",
  "dropped",
];
export const JOB_STATES: readonly JobState[] = ["queued", "running", "succeeded", "dead", "cancelled"];
